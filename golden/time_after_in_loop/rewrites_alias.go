package time_after_in_loop

import clock "time"

func aliased(time int, stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-clock.After(clock.Second):
		}
	}
}
