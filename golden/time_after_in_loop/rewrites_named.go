package time_after_in_loop

import "time"

// Literals beside each other have a `timer` each.
func siblings(stop <-chan int, wait time.Duration) {
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(wait):
			}
		}
	}()
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(wait):
			}
		}
	}()
	if wait > 0 {
		timer := "shown before"
		work(len(timer))
	}
	for {
		select {
		case <-stop:
			return
		case <-time.After(wait):
		}
	}
}

// One that is visible, or used below, keeps its name; a timer is no timeout.
func named(timer int, stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval):
			work(timer)
		}
	}
}

func namedBelow(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(interval):
			timer, timeout := 1, 2
			work(timer + timeout)
		}
	}
}
