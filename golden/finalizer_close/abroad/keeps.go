// Package abroad has callers in another package.
package abroad

import (
	"os"
	"runtime"
)

// Left is closed by nobody.
type Left struct{ f *os.File }

// Close closes the file.
func (l *Left) Close() error { return l.f.Close() }

// NewLeft holds a file.
func NewLeft(f *os.File) *Left {
	l := &Left{f: f}
	runtime.SetFinalizer(l, (*Left).Close) // advice: open-callers
	return l
}

// Hooked is made by a value in another package.
type Hooked struct{ f *os.File }

// Close closes the file.
func (h *Hooked) Close() error { return h.f.Close() }

// NewHooked holds a file.
func NewHooked(f *os.File) *Hooked {
	h := &Hooked{f: f}
	runtime.SetFinalizer(h, (*Hooked).Close) // keeps: shared-lifetime
	return h
}
