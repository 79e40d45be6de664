package dotted

import (
	"os"
	. "runtime"
)

type file struct{ f *os.File }

func open(f *os.File) *file {
	h := &file{f}
	SetFinalizer(h, func(h *file) { h.f.Close() })
	return h
}

func other() { GC() }
