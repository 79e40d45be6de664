package inert

import (
	"os"
	"runtime"
)

// These do something that others wait for.
type scratch struct {
	data []byte
	path string
}

func (s *scratch) Close() error {
	s.data = nil
	return os.Remove(s.path)
}

func newScratch(path string) *scratch {
	s := &scratch{path: path}
	runtime.SetFinalizer(s, (*scratch).Close)
	return s
}

type worker struct {
	data []byte
	stop chan struct{}
}

func (w *worker) Close() {
	w.data = nil
	close(w.stop)
}

func newWorker() *worker {
	w := &worker{stop: make(chan struct{})}
	runtime.SetFinalizer(w, (*worker).Close)
	return w
}

var open int

type counted struct{ data []byte }

func (c *counted) Close() {
	c.data = nil
	open--
}

func newCounted() *counted {
	c := &counted{}
	open++
	runtime.SetFinalizer(c, (*counted).Close)
	return c
}
