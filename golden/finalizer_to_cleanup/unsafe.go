package finalizer_to_cleanup

import (
	"log"
	"runtime"
	"syscall"
)

// SEN 8: a wrapped descriptor with a last resort.
type wrappedFD struct{ fd int }

func newFD(fd int) *wrappedFD {
	w := &wrappedFD{fd: fd}
	// Last-resort safety net. Users must still call Close.
	runtime.SetFinalizer(w, func(w *wrappedFD) {
		log.Printf("wrappedFD %d not closed; closing in finalizer", w.fd)
		syscall.Close(w.fd)
	})
	return w
}

func (w *wrappedFD) Close() error {
	runtime.SetFinalizer(w, nil) // clear; we're closing properly
	return syscall.Close(w.fd)
}
