package copied

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct {
	fd   int
	name string
}

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: unclear-stop
	return h
}

// The copy's Close would stop the cleanup of the original.
func (h *handle) clone() *handle {
	c := *h
	return &c
}

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	closefd(h.fd)
}
