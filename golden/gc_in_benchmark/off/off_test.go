package off

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	os.Exit(m.Run())
}

func BenchmarkOff(b *testing.B) {
	all := make([]byte, 0)
	for b.Loop() {
		all = append(all[:0], make([]byte, 1<<10)...)
		runtime.GC() // keeps: collector-off
	}
}
