package time_after_in_loop

import "time"

// A duration of several lines would have to be indented anew before the loop.
func severalLines(stop <-chan int) {
	for {
		if len(stop) > 0 {
			for {
				select {
				case n := <-stop:
					work(n)
				case <-time.After(5*time.Second +
					3*time.Millisecond):
				}
			}
		}
	}
}

// A comment stays where the duration is decided.
func explained(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(5 /* as the server has it */ * time.Second):
		}
	}
}

func argumentLines(stop <-chan int, wait time.Duration) {
	for {
		select {
		case <-stop:
			return
		case <-time.After( // give it time
			wait, // enough
		): // then go
		}
	}
}
