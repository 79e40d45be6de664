package old

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct {
	fd   int
	name string
}

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) })
	return h
}
