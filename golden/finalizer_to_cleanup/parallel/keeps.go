package parallel

import "runtime"

// Counterexample 7: only finalizers touch the map.
var open = map[int]string{}

type handle struct {
	fd   int
	name string
}

func newHandle(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { delete(open, h.fd) }) // keeps: writes-shared-state
	return h
}

func forget(fd int) { open[fd] = "" }

func second(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { forget(h.fd) }) // keeps: writes-shared-state
	return h
}

type table struct{ open map[int]bool }

func (t *table) drop(fd int) { delete(t.open, fd) }

var all = &table{map[int]bool{}}

func third(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { all.drop(h.fd) }) // keeps: writes-shared-state
	return h
}
