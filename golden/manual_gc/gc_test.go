package manual_gc

import (
	"runtime"
	"testing"
)

func TestCollects(t *testing.T) {
	t.Log("collect")
	runtime.GC() // keeps: test-code
}
