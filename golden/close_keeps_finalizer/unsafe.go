package close_keeps_finalizer

import (
	"os"
	"runtime"
	"sync"
	"syscall"
)

// SEN 8: a descriptor that the finalizer would close again.
type wrapped struct{ fd int }

func open(fd int) *wrapped {
	w := &wrapped{fd: fd}
	runtime.SetFinalizer(w, func(w *wrapped) {
		println("not closed")
		syscall.Close(w.fd)
	})
	return w
}

func (w *wrapped) Close() error {
	return syscall.Close(w.fd)
}

// Behind the nil check.
type checked struct{ f *os.File }

func newChecked(f *os.File) *checked {
	c := &checked{f}
	runtime.SetFinalizer(c, (*checked).release)
	return c
}

func (c *checked) release() { c.f.Close() }

func (c *checked) Close() error {
	if c == nil {
		return os.ErrInvalid
	}
	// The file goes first.
	c.release()
	return nil
}

type either struct {
	mu sync.Mutex
	f  *os.File
}

func newEither(f *os.File) *either {
	e := &either{f: f}
	runtime.SetFinalizer(e, (*either).release)
	return e
}

func (e *either) release() { e.f.Close() }

func (e *either) Close() {
	if e == nil || e.f == nil {
		return
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	e.release()
}

// Inside the nil check.
type wanted struct{ f *os.File }

func newWanted(f *os.File) *wanted {
	w := &wanted{f}
	runtime.SetFinalizer(w, (*wanted).release)
	return w
}

func (w *wanted) release() { w.f.Close() }

func (w *wanted) Close() {
	if w != nil {
		w.release()
	}
}

// On one line.
type short struct{ f *os.File }

func newShort(f *os.File) *short {
	s := &short{f}
	runtime.SetFinalizer(s, (*short).release)
	return s
}

func (s *short) release() { s.f.Close() }

func (s *short) Close() error { return s.f.Close() }

// Generic.
type box[T any] struct{ f *os.File }

func newBox[T any](f *os.File) *box[T] {
	b := &box[T]{f}
	runtime.SetFinalizer(b, (*box[T]).release)
	return b
}

func (b *box[T]) release() { b.f.Close() }

func (b *box[T]) Close() error {
	return b.f.Close()
}

// An embedded pointer leads to an object of its own.
type outer struct {
	*short
	name string
}

// Several statements and comments on one line.
type shorter struct{ f *os.File }

func newShorter(f *os.File) *shorter {
	s := &shorter{f}
	runtime.SetFinalizer(s, (*shorter).release)
	return s
}

func (s *shorter) release() { s.f.Close() }

func (s *shorter) Close() error { s.release(); /* it says nothing */ return nil /* always */ } // done

// The check stands later.
type late struct{ f *os.File }

func newLate(f *os.File) *late {
	l := &late{f}
	runtime.SetFinalizer(l, (*late).release)
	return l
}

func (l *late) release() { l.f.Close() }

func (l *late) Close() {
	println("closing")
	if l == nil {
		return
	}
	l.release()
}
