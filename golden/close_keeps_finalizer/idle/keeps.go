package idle

import (
	"log"
	"os"
	"runtime"
	"sync/atomic"
)

// The finalizer only says what was never closed.
type reader struct {
	f      *os.File
	closed bool
}

func newReader(f *os.File) *reader {
	r := &reader{f: f}
	runtime.SetFinalizer(r, func(r *reader) {
		if !r.closed {
			log.Printf("a reader was never closed")
		}
	})
	return r
}

func (r *reader) Close() error { // keeps: only-reports
	r.closed = true
	return r.f.Close()
}

// What is embedded cannot lose its finalizer, and finds everything done.
type base struct {
	done atomic.Bool
	f    *os.File
}

type user struct {
	name string
	base
}

func newBase(f *os.File) *base {
	b := &base{f: f}
	runtime.SetFinalizer(b, func(b *base) {
		if b.close() {
			log.Print("closed by the collector")
		}
	})
	return b
}

func (b *base) close() bool {
	if b.done.CompareAndSwap(false, true) {
		b.f.Close()
		return true
	}
	return false
}

func (b *base) Close() error { // keeps: finds-it-gone
	b.close()
	return nil
}

func use(f *os.File) *user {
	u := &user{name: f.Name()}
	u.f = f
	if newBase(f).Close() != nil {
		return nil
	}
	return u
}

// The descriptor is closed a second time.
type raw struct {
	fd   uintptr
	done bool
}

type holder struct{ raw raw }

func newRaw(fd uintptr) *raw {
	r := &raw{fd: fd}
	runtime.SetFinalizer(r, func(r *raw) { os.NewFile(r.fd, "").Close() })
	return r
}

func (r *raw) Close() error { // advice: inside-another
	if r.done {
		return nil
	}
	r.done = true
	return os.NewFile(r.fd, "").Close()
}

func hold(fd uintptr) holder {
	if newRaw(fd).Close() != nil {
		return holder{}
	}
	return holder{raw{fd: fd}}
}
