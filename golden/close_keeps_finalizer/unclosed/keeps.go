// Package unclosed leaves each object to its finalizer: no finding.
package unclosed

import (
	"os"
	"runtime"
	"weak"
)

type source struct{ f *os.File }

func open(f *os.File) *source {
	s := &source{f: f}
	runtime.SetFinalizer(s, (*source).Close)
	return s
}

func (s *source) Close() error { return s.f.Close() }

type sink struct{ f *os.File }

func create(f *os.File) *sink {
	s := &sink{f: f}
	runtime.SetFinalizer(s, func(s *sink) { _ = s.Close() })
	return s
}

func (s *sink) Close() error { return s.f.Close() }

// Cache is closed by its finalizer where it is shared, and by its owner elsewhere.
type Cache struct{ f *os.File }

func NewCache(f *os.File) *Cache { return &Cache{f: f} }

func (c *Cache) Close() error { return c.f.Close() }

func (c *Cache) Get(key string) string { return key + c.f.Name() }

var shared weak.Pointer[Cache]

func Get(key string) string {
	c := shared.Value()
	if c == nil {
		c = NewCache(os.Stdin)
		runtime.SetFinalizer(c, func(c *Cache) { c.Close() })
		shared = weak.Make(c)
	}
	return c.Get(key)
}
