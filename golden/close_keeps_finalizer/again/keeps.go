package again

import (
	"os"
	"runtime"
)

// Another function fills it again.
type conn struct{ f *os.File }

func newConn(f *os.File) *conn {
	c := &conn{f}
	runtime.SetFinalizer(c, func(c *conn) { c.f.Close() })
	return c
}

func (c *conn) Close() error { return c.f.Close() } // advice: reopened

func (c *conn) use(f *os.File) { c.f = f }

// It can be told to be open.
type door struct {
	fd     *os.File
	closed bool
}

func newDoor(f *os.File) *door {
	d := &door{fd: f}
	runtime.SetFinalizer(d, func(d *door) { d.fd.Close() })
	return d
}

func (d *door) Close() error { // advice: reopened
	if d.closed {
		return nil
	}
	d.closed = true
	return d.fd.Close()
}

func (d *door) turn() { d.closed = false }

// Through the address of the field.
type slot struct{ file *os.File }

func newSlot(f *os.File) *slot {
	s := &slot{f}
	runtime.SetFinalizer(s, func(s *slot) { s.file.Close() })
	return s
}

func (s *slot) Close() error { return s.file.Close() } // advice: reopened

func put(f *os.File, to **os.File) { *to = f }

func (s *slot) next(f *os.File) { put(f, &s.file) }

// By a function with a name.
type lock struct{ path string }

func newLock(path string) *lock {
	l := &lock{path}
	runtime.SetFinalizer(l, func(l *lock) { os.Remove(l.path) })
	return l
}

func (l *lock) Close() error { return os.Remove(l.path) } // advice: reopened

func reopen(l *lock) { os.Create(l.path) }
