package files

import "runtime"

func closefd(fd fd) { println(fd) }

func open(number fd) *handle {
	h := new(handle)
	h.fd = number
	runtime.SetFinalizer(h, func(h *handle) {
		// Somebody forgot it.
		closefd(h.fd)
	})
	return h
}
