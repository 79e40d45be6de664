package nils

import (
	"os"
	"runtime"
)

// The release itself takes nil.
type tolerant struct{ f *os.File }

func newTolerant(f *os.File) *tolerant {
	t := &tolerant{f}
	runtime.SetFinalizer(t, (*tolerant).drop)
	return t
}

func (t *tolerant) drop() { closeAll() }

func closeAll() { os.Stdout.Close() }

func (t *tolerant) Close() { t.drop() } // advice: nil-receiver

// A panic of the release goes nowhere.
type calm struct{ f *os.File }

func newCalm(f *os.File) *calm {
	c := &calm{f}
	runtime.SetFinalizer(c, (*calm).drop)
	return c
}

func (c *calm) drop() {
	defer func() { recover() }()
	c.f.Close()
}

func (c *calm) Close() error { // advice: nil-receiver
	c.drop()
	return nil
}

type named struct{ f *os.File }

func newNamed(f *os.File) *named {
	n := &named{f}
	runtime.SetFinalizer(n, func(n *named) { n.f.Close() })
	return n
}

func (n *named) Close() (err error) { return n.f.Close() } // advice: nil-receiver
