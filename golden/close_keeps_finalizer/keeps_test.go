package close_keeps_finalizer

import (
	"os"
	"runtime"
	"testing"
)

type watched struct{ f *os.File }

func (c *watched) Close() error { return c.f.Close() } // keeps: test-code

// The test wants to see what is collected.
func TestIsCollected(t *testing.T) {
	gone := make(chan bool, 1)
	c := &watched{f: os.Stdin}
	runtime.SetFinalizer(c, func(c *watched) {
		c.f.Close()
		gone <- true
	})
	_ = c.Close()
	runtime.GC()
	<-gone
}
