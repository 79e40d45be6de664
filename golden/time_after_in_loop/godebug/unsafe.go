package godebug

import "time"

func wait(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Second): // unsafe: old-timers
		}
	}
}
