package time_after_sleep

import . "time"

// Counterexample 19: a local that is called as the function would be.
func counterexample(Sleep func(Duration)) {
	Sleep(1)
	<-After(2) // keeps: not-nameable
}
