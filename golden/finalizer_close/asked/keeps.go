package asked

import (
	"os"
	"runtime"
)

type closer interface{ close() }

type file struct{ f *os.File }

func (f *file) close() { f.f.Close() }

// Renamed, the method would be missing from the interface.
func open(f *os.File) closer {
	h := &file{f}
	runtime.SetFinalizer(h, (*file).close) // advice: name-taken
	return h
}
