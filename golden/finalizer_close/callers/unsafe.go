package callers

import (
	"os"
	"runtime"
)

type closed struct{ f *os.File }

func (c *closed) Close() error { return c.f.Close() }

func newClosed(f *os.File) (*closed, error) {
	c := &closed{f: f}
	runtime.SetFinalizer(c, (*closed).Close)
	return c, nil
}

// All of these close what they get, or give it to one who does.
func direct(f *os.File) error {
	c, err := newClosed(f)
	if err != nil {
		return err
	}
	return c.Close()
}

func wrapped(f *os.File) (*closed, error) { return newClosed(f) }

func behind(f *os.File) {
	c, _ := wrapped(f)
	defer func() { _ = c.Close() }()
}

type owner struct{ inner *closed }

func newOwner(f *os.File) *owner {
	c, _ := newClosed(f)
	return &owner{inner: c}
}

func (o *owner) stop() { o.inner.Close() }
