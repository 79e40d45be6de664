// Package bytag is counterexample 17: a file of another system has the name.
package bytag

import "runtime"

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
