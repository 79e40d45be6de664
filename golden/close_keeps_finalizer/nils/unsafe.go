package nils

import (
	"errors"
	"os"
	"runtime"
)

// A helper looks for nil: behind the release it is known.
type helped struct{ f *os.File }

func newHelped(f *os.File) *helped {
	h := &helped{f}
	runtime.SetFinalizer(h, func(h *helped) { h.f.Close() })
	return h
}

func valid(h *helped) bool { return h != nil && h.f != nil }

func (h *helped) ok() bool { return valid(h) }

func (h *helped) Close() error {
	if !h.ok() {
		return os.ErrInvalid
	}
	return h.f.Close() // at last
}

type switched struct{ f *os.File }

func newSwitched(f *os.File) *switched {
	s := &switched{f}
	runtime.SetFinalizer(s, (*switched).release)
	return s
}

func (s *switched) release() { s.f.Close() }

func (s *switched) Close() { // advice: handed-on
	switch s {
	case nil:
		return
	}
	s.release()
}

// The release is a function.
type given struct{ f *os.File }

func newGiven(f *os.File) *given {
	g := &given{f}
	runtime.SetFinalizer(g, release)
	return g
}

func release(g *given) {
	if err := g.f.Close(); err != nil {
		println(err.Error())
	}
}

func (g *given) Close() error {
	release(g)
	return nil
}

// Both, one after the other.
type pair struct{ in, out *os.File }

func newPair(in, out *os.File) *pair {
	p := &pair{in, out}
	runtime.SetFinalizer(p, func(p *pair) {
		p.in.Close()
		p.out.Close()
	})
	return p
}

func (p *pair) Close() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	return p.out.Close()
}

type joined struct{ in, out *os.File }

func newJoined(in, out *os.File) *joined {
	j := &joined{in, out}
	runtime.SetFinalizer(j, func(j *joined) {
		j.in.Close()
		j.out.Close()
	})
	return j
}

func (j *joined) Close() error {
	return errors.Join(
		j.in.Close(),
		j.out.Close(),
	)
}

// A local holds the file.
type kept struct{ f *os.File }

func newKept(f *os.File) *kept {
	k := &kept{f}
	runtime.SetFinalizer(k, func(k *kept) { k.f.Close() })
	return k
}

func (k *kept) Close() error { // advice: other-release
	f := k.f
	k.f = nil
	return f.Close()
}
