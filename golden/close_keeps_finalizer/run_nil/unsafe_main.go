package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
)

type plain struct{ f *os.File }

func newPlain(f *os.File) *plain {
	p := &plain{f}
	runtime.SetFinalizer(p, func(p *plain) { p.f.Close() })
	return p
}

func (p *plain) Close() error { return p.f.Close() }

type guarded struct {
	mu sync.Mutex
	f  *os.File
}

func newGuarded(f *os.File) *guarded {
	g := &guarded{f: f}
	runtime.SetFinalizer(g, (*guarded).release)
	return g
}

func (g *guarded) release() { g.f.Close() }

func (g *guarded) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release()
	return nil
}

type followed struct{ f *os.File }

func newFollowed(f *os.File) *followed {
	f1 := &followed{f}
	runtime.SetFinalizer(f1, (*followed).release)
	return f1
}

func (f *followed) release() { f.f.Close() }

func (f *followed) Close() error {
	f.release()
	return nil
}

// A nil pointer in an interface panics as before, and can be recovered from.
func try(c io.Closer) {
	defer func() { fmt.Printf("%T %v\n", c, recover() != nil) }()
	fmt.Println(c.Close())
}

func main() {
	for _, c := range []io.Closer{(*plain)(nil), (*guarded)(nil), (*followed)(nil)} {
		try(c)
	}
	try(newPlain(nil))
	try(newGuarded(nil))
	for range 3 {
		f, err := os.Open(os.DevNull)
		fmt.Println(err)
		try(newFollowed(f))
		runtime.GC()
	}
}
