// Package cgo has a preamble, which must stay right above its import.
package cgo

/*
static int answer(void) { return 42; }
*/
import "C"

import "runtime"

func answer() (int, uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(C.answer()), m.Sys
}
