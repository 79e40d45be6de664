package handles

// #include <stdlib.h>
// static int weight(void *p) { return p != 0; }
// static int count(int n) { return n; }
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

type buffer struct {
	mu sync.Mutex
	p  unsafe.Pointer
	n  C.int
}

func newBuffer(n int) *buffer {
	b := &buffer{p: C.malloc(C.size_t(n))}
	runtime.SetFinalizer(b, (*buffer).free)
	return b
}

func (b *buffer) free() { C.free(b.p) }

func (b *buffer) Weight() int {
	return int(C.weight(b.p)) // advice: finalizer-may-run
}

func (b *buffer) Kept() int {
	n := C.weight(b.p)
	runtime.KeepAlive(b)
	return int(n)
}

func (b *buffer) Locked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(C.weight(b.p))
}

func (b *buffer) Close() {
	runtime.SetFinalizer(b, nil)
	C.free(b.p)
}

func (b *buffer) Inside() int {
	return int(C.weight(unsafe.Pointer(&b.n)))
}

// The finalizer does not free it, and a conversion is no call.
func (b *buffer) Count() int { return int(C.count(C.int(b.n))) }

func (b *buffer) Twice() int {
	return int(C.count(C.weight(b.p))) // advice: finalizer-may-run
}

// A type without a finalizer.
type plain struct{ p unsafe.Pointer }

func (p *plain) Weight() int { return int(C.weight(p.p)) }

// A cleanup is no better.
type cleaned struct{ p unsafe.Pointer }

func newCleaned(n int) *cleaned {
	c := &cleaned{p: C.malloc(C.size_t(n))}
	runtime.AddCleanup(c, func(p unsafe.Pointer) { C.free(p) }, c.p)
	return c
}

func (c *cleaned) Weight() (C.int, bool) {
	w := C.weight(c.p) // advice: finalizer-may-run
	return w, w > 0
}

// The result holds it.
type view struct{ of *buffer }

func (b *buffer) View() (*view, int) {
	v := &view{of: b}
	n := C.weight(b.p)
	return v, int(n)
}

// What comes behind the call keeps it.
func (b *buffer) Measured() { b.n = C.weight(b.p) }

func (b *buffer) Weighed(n int) (sum C.int) {
	for range n {
		sum += C.weight(b.p)
	}
	for C.weight(b.p) > 0 {
		sum++
	}
	return sum
}

// Something else holds it.
func (v *view) Weight() C.int {
	b := v.of
	return C.weight(b.p)
}

func weights(all []*buffer) (sum C.int) {
	for _, b := range all {
		sum += C.weight(b.p)
	}
	return sum
}

// One of its own in each round.
func rounds(n int) (sum C.int) {
	for range n {
		b := newBuffer(n)
		sum += C.weight(b.p) // advice: finalizer-may-run
	}
	return sum
}

// The finalizer has it freed later.
type late struct{ p unsafe.Pointer }

func later(f func()) { go f() }

func newLate(n int) *late {
	l := &late{p: C.malloc(C.size_t(n))}
	runtime.SetFinalizer(l, func(l *late) { later(l.free) })
	return l
}

func (l *late) free() { C.free(l.p) }

func (l *late) Weight() int {
	return int(C.weight(l.p)) // advice: finalizer-may-run
}

// A pointer into the object keeps it.
type inlaid struct{ n C.int }

func newInlaid() *inlaid {
	i := &inlaid{}
	runtime.SetFinalizer(i, func(i *inlaid) { C.count(*i.native()) })
	return i
}

func (i *inlaid) native() *C.int { return &i.n }

func (i *inlaid) Weight() int { return int(C.weight(unsafe.Pointer(i.native()))) }

type future struct{ of any }

func newFuture(of any, n C.int) *future { return &future{of} }

func (f *future) wait(b *buffer) int { return len([]any{f.of, b}) }

// The call around has the object until it returns: an argument before, one behind, or the receiver.
func (b *buffer) Start() *future { return newFuture(b, C.weight(b.p)) }

func (b *buffer) Deep() *future {
	return newFuture(any(newFuture(any(b), 1)), C.int(1+(C.weight(b.p))))
}

func (b *buffer) kept(n C.int) int { return int(n) }

func (b *buffer) Receiver() int { return b.kept(C.weight(b.p)) }

func behind(n C.int, b *buffer) int { return int(n) + int(b.n) }

func (b *buffer) Behind() int { return behind(C.weight(b.p), b) }

// A call that stands before has returned by then.
func (b *buffer) Before() int {
	newFuture(b, 1)
	return int(C.weight(b.p)) // advice: finalizer-may-run
}

// It is another object that the call around has.
func (b *buffer) Other(other *buffer) *future {
	return newFuture(other, C.weight(b.p)) // advice: finalizer-may-run
}
