package old

import "time"

func level(stop <-chan int, connect func() chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Second): // unsafe: old-timers
		}
		select {
		case <-connect():
			return
		case <-time.After(time.Second): // unsafe: operand-calls
		}
	}
}
