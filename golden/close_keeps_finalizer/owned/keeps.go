package owned

import (
	"os"
	"runtime"
	"sync/atomic"
)

type shared struct {
	f *os.File
	n atomic.Int64
}

func newShared(f *os.File) *shared {
	s := &shared{f: f}
	runtime.SetFinalizer(s, func(s *shared) { s.f.Close() })
	return s
}

func (s *shared) Close() error { // advice: counts-references
	if s.n.Add(-1) > 0 {
		return nil
	}
	return s.f.Close()
}

type counted struct {
	f     *os.File
	users int
}

func newCounted(f *os.File) *counted {
	c := &counted{f: f}
	runtime.SetFinalizer(c, (*counted).drop)
	return c
}

func (c *counted) drop() {
	c.users -= 1
	c.f.Close()
}

func (c *counted) Close() { c.drop() } // advice: counts-references

// What is closed goes to the next who asks.
type recycled struct{ f *os.File }

var free []*recycled

func newRecycled(f *os.File) *recycled {
	r := &recycled{f}
	runtime.SetFinalizer(r, func(r *recycled) { r.f.Close() })
	return r
}

func (r *recycled) Close() error { // advice: handed-on
	free = append(free, r)
	return r.f.Close()
}

// By another name.
type renamed struct{ f *os.File }

var last *renamed

func newRenamed(f *os.File) *renamed {
	r := &renamed{f}
	runtime.SetFinalizer(r, func(r *renamed) { r.f.Close() })
	return r
}

func (r *renamed) Close() error { // advice: handed-on
	it := r
	last = it
	return r.f.Close()
}

// Whoever closes it keeps it.
type idle struct{ f *os.File }

func newIdle(f *os.File) *idle {
	i := &idle{f}
	runtime.SetFinalizer(i, func(i *idle) { i.f.Close() })
	return i
}

func (i *idle) Close() error { return i.f.Close() } // advice: handed-on

func park(i *idle, to chan *idle) {
	i.Close()
	to <- i
}

// Out of a method value.
type called struct{ f *os.File }

var hook func()

func newCalled(f *os.File) *called {
	c := &called{f}
	runtime.SetFinalizer(c, func(c *called) { c.f.Close() })
	return c
}

func (c *called) again() { c.f.Sync() }

func (c *called) Close() error { // advice: handed-on
	hook = c.again
	return c.f.Close()
}
