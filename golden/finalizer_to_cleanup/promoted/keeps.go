package promoted

import "runtime"

func closefd(fd int) { println(fd) }

type base struct{ fd int }

type handle struct {
	*base
	name string
}

// Counterexample 8: a field promoted through a pointer that may be nil.
func open(b *base) *handle {
	h := &handle{base: b}
	runtime.SetFinalizer(h, func(h *handle) { closefd(h.fd) }) // keeps: needs-the-object
	return h
}
