package time_after_in_loop

import . "time"

func hiddenName(NewTimer int, stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-After(1): // keeps: not-nameable
		}
	}
}
