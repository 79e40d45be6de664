package old

import "time"

// A timer that is kept in a variable stays until it fires, with these timers.
func heartbeats(beat, stop <-chan int, fails func() bool) {
	var next <-chan time.Time
	for {
		select {
		case <-next:
		case <-beat:
		case <-stop:
			return
		}
		if fails() {
			next = time.After(time.Hour) // advice: stored
		} else {
			next = time.After(time.Minute) // keeps: same-variable
		}
	}
}

// Each has fired before the next is made.
func periodic(stop <-chan int, first, each time.Duration) {
	next := time.After(first)
	for {
		select {
		case <-next:
			if first > each {
				next = time.After(each) // keeps: one-at-a-time
				continue
			}
			next = time.After(first) // keeps: one-at-a-time
		case <-stop:
			return
		}
	}
}

// The one that another case makes leaves the last one waiting.
func moved(touch, stop <-chan int) {
	next := time.After(time.Hour)
	for {
		select {
		case <-next:
			next = time.After(time.Hour) // advice: stored
		case <-touch:
			next = time.After(time.Minute) // keeps: same-variable
		case <-stop:
			return
		}
	}
}
