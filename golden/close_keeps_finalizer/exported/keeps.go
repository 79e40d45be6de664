package exported

import (
	"os"
	"runtime"
)

// ClosedHandle is used by another package, by value.
type ClosedHandle struct{ f *os.File }

func New(f *os.File) *ClosedHandle {
	h := &ClosedHandle{f}
	runtime.SetFinalizer(h, (*ClosedHandle).release)
	return h
}

func (h *ClosedHandle) release() { h.f.Close() }

func (h *ClosedHandle) Close() error { return h.f.Close() } // advice: used-elsewhere
