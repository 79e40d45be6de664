// Package shared holds objects that a pool or a cache forgets without closing them.
package shared

import (
	"compress/gzip"
	"io"
	"os"
	"runtime"
	"sync"
)

var byLiteral = sync.Pool{
	New: func() any {
		r := new(gzip.Reader)
		runtime.SetFinalizer(r, (*gzip.Reader).Close) // keeps: shared-lifetime
		return r
	},
}

func newReader() any {
	r := new(gzip.Reader)
	runtime.SetFinalizer(r, (*gzip.Reader).Close) // keeps: shared-lifetime
	return r
}

var byName = sync.Pool{New: newReader}

var readers sync.Pool

func reader() *gzip.Reader {
	if r, ok := readers.Get().(*gzip.Reader); ok {
		return r
	}
	r := new(gzip.Reader)
	runtime.SetFinalizer(r, (*gzip.Reader).Close) // keeps: shared-lifetime
	return r
}

func release(r *gzip.Reader) { readers.Put(r) }

var open = map[string]*gzip.Reader{}

func cached(name string, from io.Reader) (*gzip.Reader, error) {
	r, err := made(from)
	if err != nil {
		return nil, err
	}
	open[name] = r
	return r, nil
}

func made(from io.Reader) (*gzip.Reader, error) {
	r, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(r, (*gzip.Reader).Close) // advice: foreign-type
	return r, nil
}

type segment struct{ f *os.File }

func (s *segment) Close() error { return s.f.Close() }

type log struct{ current *segment }

func (l *log) roll(f *os.File) *segment {
	s := &segment{f: f}
	runtime.SetFinalizer(s, (*segment).Close) // keeps: shared-lifetime
	l.current = s
	return s
}
