package partly

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// The release looks first, and later it may find more.
type lazy struct {
	f     *os.File
	ready bool
}

func newLazy(f *os.File) *lazy {
	l := &lazy{f: f}
	runtime.SetFinalizer(l, (*lazy).release)
	return l
}

func (l *lazy) release() {
	if l.ready {
		l.f.Close()
	}
}

func (l *lazy) Close() { l.release() } // advice: released-sometimes

// Only the second call releases.
type twice struct {
	f     *os.File
	calls int
}

func newTwice(f *os.File) *twice {
	t := &twice{f: f}
	runtime.SetFinalizer(t, func(t *twice) { t.f.Close() })
	return t
}

func (t *twice) Close() error { // advice: released-sometimes
	t.calls++
	if t.calls > 1 {
		return t.f.Close()
	}
	return nil
}

// A jump passes by the release.
type jumping struct{ f *os.File }

func newJumping(f *os.File) *jumping {
	j := &jumping{f}
	runtime.SetFinalizer(j, func(j *jumping) { j.f.Close() })
	return j
}

func (j *jumping) Close() { // advice: released-sometimes
	if j.f.Name() == "" {
		goto end
	}
	j.f.Close()
end:
	println("closed")
}

// In its own time.
type later struct{ f *os.File }

func newLater(f *os.File) *later {
	l := &later{f}
	runtime.SetFinalizer(l, func(l *later) { l.f.Close() })
	return l
}

func (l *later) Close() { // advice: released-sometimes
	println("closing", l.f.Name())
	go l.f.Close()
}

type once struct {
	f    *os.File
	once sync.Once
}

func newOnce(f *os.File) *once {
	o := &once{f: f}
	runtime.SetFinalizer(o, func(o *once) { o.f.Close() })
	return o
}

func (o *once) Close() { // advice: released-sometimes
	o.once.Do(func() { o.f.Close() })
}

// The finalizer does more.
type pair struct{ in, out *os.File }

func newPair(in, out *os.File) *pair {
	p := &pair{in, out}
	runtime.SetFinalizer(p, func(p *pair) {
		p.in.Close()
		p.out.Close()
	})
	return p
}

func (p *pair) Close() error { return p.in.Close() } // advice: other-release

// The same words about another file.
type borrowed struct{ f *os.File }

func newBorrowed(f *os.File) *borrowed {
	b := &borrowed{f}
	runtime.SetFinalizer(b, func(b *borrowed) { b.f.Close() })
	return b
}

func (b *borrowed) Close() error { // advice: other-release
	other := &borrowed{b.f}
	other.f = os.Stdout
	return other.f.Close()
}

// The finalizer counts who is left.
type live struct{ f *os.File }

var alive atomic.Int64

func newLive(f *os.File) *live {
	l := &live{f}
	alive.Add(1)
	runtime.SetFinalizer(l, func(l *live) {
		l.f.Close()
		alive.Add(-1)
	})
	return l
}

func (l *live) Close() error { return l.f.Close() } // advice: other-release

type listed struct{ f *os.File }

var left = 0

func newListed(f *os.File) *listed {
	l := &listed{f}
	left++
	runtime.SetFinalizer(l, func(l *listed) {
		l.f.Close()
		left--
	})
	return l
}

func (l *listed) Close() error { return l.f.Close() } // advice: other-release

// The release says something and no more.
type silent struct{ name string }

func newSilent() *silent {
	s := &silent{}
	runtime.SetFinalizer(s, (*silent).release)
	return s
}

func (s *silent) release() { println(s.name) }

func (s *silent) Close() { s.release() } // advice: other-release

// Its lock is what it gives back.
type locked struct {
	f  *os.File
	mu *sync.Mutex
}

func newLocked(f *os.File, mu *sync.Mutex) *locked {
	mu.Lock()
	l := &locked{f, mu}
	runtime.SetFinalizer(l, func(l *locked) {
		fmt.Println("not closed")
		l.mu.Unlock()
		l.f.Close()
	})
	return l
}

func (l *locked) Close() error { return l.f.Close() } // advice: other-release

// Another maker, another finalizer.
type two struct{ in, out *os.File }

func newTwo(in, out *os.File) *two {
	t := &two{in, out}
	runtime.SetFinalizer(t, func(t *two) { t.in.Close() })
	return t
}

func newWhole(in, out *os.File) *two {
	t := &two{in, out}
	runtime.SetFinalizer(t, func(t *two) { t.in.Close(); t.out.Close() })
	return t
}

func (t *two) Close() error { return t.in.Close() } // advice: other-release
