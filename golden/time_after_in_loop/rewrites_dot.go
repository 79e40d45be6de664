package time_after_in_loop

import . "time"

func dotted(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-After(5 * Second):
		}
	}
}
