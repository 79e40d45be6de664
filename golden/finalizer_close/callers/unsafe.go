package callers

import (
	"io"
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

// Helpers close what they are given, and who closes early gives the rest back.
type handed struct{ f *os.File }

func (h *handed) Close() error { return h.f.Close() }

func newHanded(f *os.File) *handed {
	h := &handed{f: f}
	runtime.SetFinalizer(h, (*handed).Close)
	return h
}

func closeQuietly(c io.Closer) {
	if c != nil {
		_ = c.Close()
	}
}

func uses(f *os.File) string {
	h := newHanded(f)
	defer closeQuietly(h)
	return h.f.Name()
}

func checkedHanded(f *os.File) (*handed, error) {
	h := newHanded(f)
	if _, err := h.f.Stat(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func usesChecked(f *os.File) {
	h, err := checkedHanded(f)
	if err == nil {
		defer h.Close()
		println(h.f.Name())
	}
}
