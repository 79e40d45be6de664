package keeps

import (
	"runtime"
	"testing"
)

func TestHangs(t *testing.T) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // keeps: test-code
	t.Logf("%s", buf[:n])
}
