package time_after_in_loop

import (
	"time"
	tm "time"
)

func twice(stop <-chan int, wait tm.Duration) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
		select {
		case <-stop:
			return
		case <-tm.After(wait):
		}
	}
}
