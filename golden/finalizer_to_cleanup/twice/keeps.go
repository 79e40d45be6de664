package twice

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct {
	fd   int
	name string
}

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: several-finalizers
	return h
}

func named(fd int, name string) *handle {
	h := &handle{fd: fd, name: name}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: several-finalizers
	return h
}

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	closefd(h.fd)
}
