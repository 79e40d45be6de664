package crlf

import (
	"os"
	rt "runtime"
)

type file struct{ f *os.File }

func open(f *os.File) *file {
	h := &file{f}
	rt.SetFinalizer(h, func(h *file) { h.f.Close() })
	return h
}

func other() { rt.GC() }
