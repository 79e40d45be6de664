package watched

import (
	"runtime"
	"sync/atomic"
	"testing"
)

var gone atomic.Int64

func TestNode(t *testing.T) {
	n := &node{}
	runtime.SetFinalizer(n, func(*node) { gone.Add(1) }) // keeps: test-code
	collect()
	if gone.Load() == 0 {
		t.Skip("not yet")
	}
}

func collect() { runtime.GC() }
