package valued

import (
	"os"
	"runtime"
	"unsafe"
)

type box[T any] struct {
	n    int
	item T
}

func boxed[T any](item T) *box[T] { return &box[T]{item: item} }

// A generic function puts the value into something else.
type copied struct{ f *os.File }

func newCopied(f *os.File) *copied {
	c := &copied{f}
	runtime.SetFinalizer(c, func(c *copied) { c.f.Close() })
	return c
}

func (c *copied) Close() error { return c.f.Close() } // advice: inside-another

func wrap(f *os.File) {
	b := boxed(*newCopied(f))
	b.item.Close()
}

// Its memory is not the collector's.
type mapped struct{ f *os.File }

func arm(m *mapped) { runtime.SetFinalizer(m, func(m *mapped) { m.f.Close() }) }

func (m *mapped) Close() error { return m.f.Close() } // advice: inside-another

func at(p unsafe.Pointer) *mapped { return (*mapped)(p) }

// An element of an array.
type element struct{ f *os.File }

func newElement(f *os.File) *element {
	e := &element{f}
	runtime.SetFinalizer(e, func(e *element) { e.f.Close() })
	return e
}

func (e *element) Close() error { return e.f.Close() } // advice: inside-another

func several(n int) map[string][]element { return map[string][]element{"": make([]element, n)} }
