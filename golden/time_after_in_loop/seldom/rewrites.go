package seldom

import "time"

// Another case may come at any time, or how long it waits is not known.
func often(stop, work <-chan int, each time.Duration) {
	for {
		select {
		case <-stop:
			return
		case <-work:
		case <-time.After(time.Minute):
			poll()
		}
		select {
		case <-stop:
			return
		case <-time.After(each):
			poll()
		}
	}
}
