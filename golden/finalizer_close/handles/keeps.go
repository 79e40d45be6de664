package handles

// #include <stdlib.h>
import "C"

import (
	"runtime"
	"unsafe"
)

type buffer struct{ p unsafe.Pointer }

func newBuffer(n int) *buffer {
	b := &buffer{C.malloc(C.size_t(n))}
	runtime.SetFinalizer(b, (*buffer).close) // advice: c-handle
	return b
}

func (b *buffer) close() { C.free(b.p) }
