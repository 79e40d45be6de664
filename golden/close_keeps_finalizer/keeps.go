package close_keeps_finalizer

import (
	"os"
	"runtime"
	"sync/atomic"
)

// Counterexample 9: pointers to a field, to an element.
type handle struct{ f *os.File }

func newHandle(f *os.File) *handle {
	h := &handle{f}
	runtime.SetFinalizer(h, (*handle).release)
	return h
}

func (h *handle) release() { h.f.Close() }

func (h *handle) Close() error { return h.f.Close() } // advice: inside-another

type conn struct {
	id int
	handle
}

type member struct{ f *os.File }

func newMember(f *os.File) *member {
	m := &member{f}
	runtime.SetFinalizer(m, (*member).release)
	return m
}

func (m *member) release() { m.f.Close() }

func (m *member) Close() error { return m.f.Close() } // advice: inside-another

var members [4]member

type value struct{ f *os.File }

func newValue(f *os.File) *value {
	v := &value{f}
	runtime.SetFinalizer(v, (*value).release)
	return v
}

func (v *value) release() { v.f.Close() }

func (v value) Close() error { return v.f.Close() } // advice: no-pointer-receiver

type unnamed struct{ f *os.File }

func newUnnamed(f *os.File) *unnamed {
	u := &unnamed{f}
	runtime.SetFinalizer(u, (*unnamed).release)
	return u
}

func (u *unnamed) release() { u.f.Close() }

func (*unnamed) Close() { os.Stdin.Close() } // advice: no-pointer-receiver

type again struct{ f *os.File }

func newAgain(f *os.File) *again {
	a := &again{f}
	runtime.SetFinalizer(a, (*again).release)
	return a
}

func (a *again) release() { a.f.Close() }

func (a *again) Close() error { return a.f.Close() } // advice: reopened

func (a *again) Reopen(name string) (err error) {
	a.f, err = os.Open(name)
	return err
}

type hidden struct{ f *os.File }

func newHidden(f *os.File) *hidden {
	h := &hidden{f}
	runtime.SetFinalizer(h, (*hidden).release)
	return h
}

func (h *hidden) release() { h.f.Close() }

func (h *hidden) Close() error { // advice: not-nameable
	runtime := "running"
	println(runtime)
	return h.f.Close()
}

// Taken away: at once, under a condition, two calls further down.
type away struct{ f *os.File }

func newAway(f *os.File) *away {
	a := &away{f}
	runtime.SetFinalizer(a, (*away).Close)
	return a
}

func (a *away) Close() error {
	if a.f == nil {
		return os.ErrClosed
	}
	return a.shut()
}

func (a *away) shut() error { return a.last() }

func (a *away) last() error {
	runtime.SetFinalizer(a, nil)
	return a.f.Close()
}

// Nothing to close.
type open1 struct{ f *os.File }

func newOpen(f *os.File) *open1 {
	o := &open1{f}
	runtime.SetFinalizer(o, func(o *open1) { o.f.Close() })
	return o
}

// A counter counts what was closed too.
type counted struct{ f *os.File }

var collected atomic.Int64

func newCounted(f *os.File) *counted {
	c := &counted{f}
	runtime.SetFinalizer(c, func(*counted) { collected.Add(1) })
	return c
}

func (c *counted) Close() error { return c.f.Close() }

// Close only wakes the goroutine that releases.
type woken struct {
	f    *os.File
	stop chan bool
}

func newWoken(f *os.File) *woken {
	w := &woken{f: f}
	runtime.SetFinalizer(w, func(w *woken) {
		println("closing")
		w.f.Close()
	})
	return w
}

func (w *woken) Close() { // advice: other-release
	println("closing")
	w.stop <- true
}

// A `Close` for the sake of an interface.
type stream struct{ f *os.File }

func newStream(f *os.File) *stream {
	s := &stream{f: f}
	runtime.SetFinalizer(s, (*stream).free)
	return s
}

func (s *stream) Close() error { return nil } // keeps: still-needed

func (s *stream) free() {
	runtime.SetFinalizer(s, nil)
	s.f.Close()
}

// A `Close` that only says that all is written.
type written struct{ f *os.File }

func newWritten(f *os.File) *written {
	w := &written{f: f}
	runtime.SetFinalizer(w, func(w *written) { w.f.Close() })
	return w
}

func (w *written) Close() error { // keeps: still-needed
	return w.f.Sync()
}
