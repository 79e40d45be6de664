// Package promised tells its users that objects are closed when they are collected.
package promised

import (
	"os"
	"runtime"
)

// volume is closed automatically when it is garbage
// collected.
type volume struct{ f *os.File }

func (v *volume) Close() error { return v.f.Close() }

func newVolume(f *os.File) *volume {
	v := &volume{f: f}
	runtime.SetFinalizer(v, (*volume).Close) // keeps: last-resort
	return v
}

type table struct{ f *os.File }

// newTable gives a table that several readers use in parallel; it is closed on GC.
func newTable(f *os.File) *table {
	t := &table{f: f}
	runtime.SetFinalizer(t, func(t *table) { t.f.Close() }) // keeps: last-resort
	return t
}

type handle struct{ f *os.File }

func (h *handle) Close() error { return h.f.Close() }

func newHandle(f *os.File) *handle {
	h := &handle{f: f}
	runtime.SetFinalizer(h, func(h *handle) { // keeps: last-resort
		// Does nothing if the user already closed it.
		h.Close()
	})
	return h
}

type event struct{ f *os.File }

func (e *event) Close() error { return e.f.Close() }

func newEvent(f *os.File) *event {
	e := &event{f: f}
	// Close the event when its reference
	// is lost, to avoid leaks.
	runtime.SetFinalizer(e, (*event).Close) // keeps: last-resort
	return e
}

func use(f *os.File) {
	e := newEvent(f)
	defer e.Close()
	v := newVolume(f)
	defer v.Close()
	h := newHandle(f)
	defer h.Close()
	_ = newTable(f)
}
