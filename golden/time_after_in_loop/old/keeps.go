package old

import "time"

func level(stop <-chan int, connect func() chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Minute): // unsafe: old-timers
		}
		select {
		case <-connect():
			return
		case <-time.After(time.Minute): // unsafe: operand-calls
		}
	}
}
