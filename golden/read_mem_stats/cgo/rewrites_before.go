package cgo

import (
	"runtime"
	"unsafe"
)

// static int zero(void) { return 0; }
import "C"

func zero() (int, uint64, unsafe.Pointer) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(C.zero()), m.Sys, nil
}
