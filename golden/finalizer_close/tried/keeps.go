// Package tried has tests that leave it to the collector to close.
package tried

import (
	"os"
	"runtime"
)

// Source is closed by all callers but a test of the package.
type Source struct{ f *os.File }

// Close closes the file.
func (s *Source) Close() error { return s.f.Close() }

// Open opens a file.
func Open(name string) (*Source, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	s := &Source{f: f}
	runtime.SetFinalizer(s, (*Source).Close) // advice: open-callers
	return s, nil
}

func name(path string) (string, error) {
	s, err := Open(path)
	if err != nil {
		return "", err
	}
	defer s.Close()
	return s.f.Name(), nil
}

// Sink is left by a test of another package.
type Sink struct{ f *os.File }

// Close closes the file.
func (s *Sink) Close() error { return s.f.Close() }

// Create makes a file.
func Create(name string) (*Sink, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	s := &Sink{f: f}
	runtime.SetFinalizer(s, (*Sink).Close) // advice: open-callers
	return s, nil
}
