package pool

import (
	"runtime"
	"testing"
)

func BenchmarkWork(b *testing.B) {
	for b.Loop() {
		work()
		runtime.GC() // keeps: drives-finalizers
	}
}
