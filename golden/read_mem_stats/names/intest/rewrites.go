// Package intest is counterexample 17: a test declares the name of the package.
package intest

import "runtime"

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
