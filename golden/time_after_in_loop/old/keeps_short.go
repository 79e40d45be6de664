package old

import "time"

const pause = 59 * time.Second

// A timer that fires soon is gone soon.
func short(stop, in <-chan int, each time.Duration) {
	for {
		select {
		case <-in:
		case <-time.After(pause): // keeps: short-lived
		}
		select {
		case <-in:
		case <-time.After(10 * time.Millisecond): // keeps: short-lived
		case <-time.After(each * 2): // unsafe: old-timers
		}
	}
}
