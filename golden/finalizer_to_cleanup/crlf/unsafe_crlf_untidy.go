package crlf

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct { fd int; name string }

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(x *handle) {  closefd( x.fd )  })
	return h
}

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	closefd(h.fd)
}
