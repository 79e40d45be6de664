package finalizer_close

import (
	"os"
	"runtime"
	"testing"
)

type watched struct{ f *os.File }

func (w *watched) Close() error { return w.f.Close() }

func TestFinalizerCloses(t *testing.T) {
	w := &watched{f: os.Stdin}
	runtime.SetFinalizer(w, (*watched).Close) // keeps: test-code
	w = nil
	runtime.GC()
}
