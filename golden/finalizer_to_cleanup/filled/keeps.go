package filled

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct {
	fd   int
	name string
}

func set[T any](to *T, value T) { *to = value }

// What is stored through a type parameter may be a whole handle.
func open(fd int) *handle {
	h := &handle{name: "new"}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: field-changes
	set(h, handle{fd: fd})
	return h
}
