// Package lib is built into a program that keeps the old timers.
package lib

import "time"

// Counterexample 14: the main package of the module asks for the old timers.
func Wait(stop <-chan int) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Minute): // unsafe: old-timers
		}
	}
}
