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
