package abroad

import (
	"os"
	"runtime"
)

// Closed is closed by all that get one.
type Closed struct{ f *os.File }

// Close closes the file.
func (c *Closed) Close() error { return c.f.Close() }

// NewClosed holds a file.
func NewClosed(f *os.File) *Closed {
	c := &Closed{f: f}
	runtime.SetFinalizer(c, (*Closed).Close)
	return c
}
