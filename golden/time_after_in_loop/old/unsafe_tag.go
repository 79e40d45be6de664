//go:build go1.23

package old

import "time"

// Counterexample 14: the tag of a file does not change the timers.
func tagged(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Minute):
		}
	}
}
