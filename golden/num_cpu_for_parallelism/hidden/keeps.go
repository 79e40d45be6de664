// Package hidden has a parameter with the name that a rewrite would need.
package hidden

import . "runtime"

func channel(GOMAXPROCS int) chan int {
	return make(chan int, NumCPU()) // keeps: not-nameable
}
