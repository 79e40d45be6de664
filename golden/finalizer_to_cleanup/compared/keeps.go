package compared

import (
	"reflect"
	"runtime"
)

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

func (h *handle) Close() {
	runtime.SetFinalizer(h, nil)
	closefd(h.fd)
}

// Two cleanups are never the same.
func same(a, b *handle) bool { return reflect.DeepEqual(a, b) }
