package godebug

import "time"

func wait(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Minute): // unsafe: old-timers
		}
	}
}
