package taken

import "runtime"

type device struct{ id int }

func shut(d *device) { println(d.id) }

type handle struct {
	device *device
	name   string
}

// Counterexample 8: the type's name is a parameter here.
func open(d, device *device) *handle {
	h := &handle{device: d}
	runtime.SetFinalizer(h, func(h *handle) { shut(h.device) }) // keeps: not-nameable
	return h
}
