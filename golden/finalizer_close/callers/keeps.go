// Package callers has callers that leave it to the collector to close.
package callers

import (
	"os"
	"runtime"
)

type source struct{ f *os.File }

func (s *source) Close() error { return s.f.Close() }

func open(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, (*source).Close) // advice: open-callers
	return s
}

func closes(f *os.File) string {
	s := open(f)
	defer s.Close()
	return s.f.Name()
}

func leaves(f *os.File) string {
	s := open(f)
	return s.f.Name()
}

type made struct{ f *os.File }

func (m *made) Close() error { return m.f.Close() }

func newMade(f *os.File) *made {
	m := &made{f: f}
	runtime.SetFinalizer(m, (*made).Close) // keeps: shared-lifetime
	return m
}

var makers = map[string]func(*os.File) *made{"made": newMade}

// A caller that closes only when something is wrong.
type partly struct{ f *os.File }

func (p *partly) Close() error { return p.f.Close() }

func newPartly(f *os.File) *partly {
	p := &partly{f: f}
	runtime.SetFinalizer(p, (*partly).Close) // advice: open-callers
	return p
}

func size(f *os.File) (int64, error) {
	p := newPartly(f)
	info, err := p.f.Stat()
	if err != nil {
		p.Close()
		return 0, err
	}
	return info.Size(), nil
}

// A wrapper that closes what it does not give back, for somebody who never does.
type guarded struct{ f *os.File }

func (w *guarded) Close() error { return w.f.Close() }

func newGuarded(f *os.File) *guarded {
	w := &guarded{f: f}
	runtime.SetFinalizer(w, (*guarded).Close) // advice: open-callers
	return w
}

func checked(f *os.File) (*guarded, error) {
	w := newGuarded(f)
	if _, err := w.f.Stat(); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

func nameOf(f *os.File) string {
	w, err := checked(f)
	if err != nil {
		return ""
	}
	return w.f.Name()
}
