package gc_in_benchmark

import (
	"runtime"
	"testing"
)

func Bench(b *testing.B) {
	for i := range b.N {
		runtime.GC()
		sink += i
	}
}
