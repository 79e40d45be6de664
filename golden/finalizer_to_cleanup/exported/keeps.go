package exported

import "runtime"

func closefd(fd int) { println(fd) }

// ExportedFD can be written by others.
type ExportedFD struct {
	FD   int
	name string
}

func Open(fd int) *ExportedFD {
	h := &ExportedFD{FD: fd}
	runtime.SetFinalizer(h, func(h *ExportedFD) { closefd(h.FD) }) // keeps: exported
	return h
}
