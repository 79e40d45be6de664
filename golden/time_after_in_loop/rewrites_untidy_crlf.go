package time_after_in_loop

import "time"

func carriage(stop <-chan int) {
	// Every second.
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Second):
		}
	}
}
