package generated

import (
	"os"
	"runtime"
)

type handle struct{ f *os.File }

func newHandle(f *os.File) *handle {
	h := &handle{f}
	runtime.SetFinalizer(h, (*handle).release) // advice: out-of-reach
	return h
}

func (h *handle) release() { h.f.Close() }
