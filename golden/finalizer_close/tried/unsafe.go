package tried

import (
	"os"
	"runtime"
)

// Pipe is closed by the tests.
type Pipe struct{ f *os.File }

// Close closes the file.
func (p *Pipe) Close() error { return p.f.Close() }

// NewPipe holds a file.
func NewPipe(f *os.File) *Pipe {
	p := &Pipe{f: f}
	runtime.SetFinalizer(p, (*Pipe).Close)
	return p
}
