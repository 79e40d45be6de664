// Package hidden has a parameter with the name that a rewrite would need.
package hidden

import . "runtime"

func channel(GOMAXPROCS int) chan struct{} {
	return make(chan struct{}, NumCPU()) // keeps: not-nameable
}
