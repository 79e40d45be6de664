package held

import "runtime"

func closefd(fd int) { println(fd) }

// The field is written when it is closed.
type handle struct {
	fd   int
	name string
}

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: field-changes
	return h
}

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	closefd(h.fd)
	h.fd = -1
}
