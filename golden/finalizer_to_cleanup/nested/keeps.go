package nested

import "runtime"

// Counterexample 4: the database is freed behind its statements.
type database struct{ ptr uintptr }

type statement struct {
	ptr uintptr
	db  *database
}

func release(ptr uintptr) { println(ptr) }

func openDatabase(ptr uintptr) *database {
	d := &database{ptr}
	runtime.SetFinalizer(d, func(d *database) { release(d.ptr) }) // keeps: order
	return d
}

func (d *database) prepare(ptr uintptr) *statement {
	s := &statement{ptr, d}
	runtime.SetFinalizer(s, func(s *statement) { release(s.ptr) }) // keeps: order
	return s
}
