package stored

import "runtime"

func closefd(fd int) { println(fd) }

// Counterexample 6: Close overwrites the whole object.
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
	closefd(h.fd)
	*h = handle{fd: -1}
}
