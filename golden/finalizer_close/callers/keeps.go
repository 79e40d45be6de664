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
