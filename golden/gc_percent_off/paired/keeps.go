package paired

import "runtime/debug"

// Another function switches it on again.
func disable() {
	debug.SetGCPercent(-1) // keeps: restores
}

func enable() {
	debug.SetGCPercent(100)
}
