package overwritten

import "runtime"

func closefd(fd int) { println(fd) }

type handle struct {
	fd   int
	name string
}

func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: field-changes
	return h
}

// By another name.
type alias = handle

func fill(h *alias, fd int) { *h = alias{fd: fd} }

// With what it lies in.
type inner struct {
	fd   int
	name string
}

type outer struct {
	inner
	count int
}

func (o *outer) reset() { *o = outer{} }

func arm(i *inner) {
	runtime.SetFinalizer(i, func(i *inner) { closefd(i.fd) }) // keeps: field-changes
}
