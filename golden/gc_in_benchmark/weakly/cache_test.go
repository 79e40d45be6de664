package weakly_test

import (
	"runtime"
	"testing"

	"gomend.example/golden/gc_in_benchmark/weakly"
)

func BenchmarkSurvivors(b *testing.B) {
	for b.Loop() {
		c := weakly.Cache{}
		runtime.GC() // keeps: drives-finalizers
		if c.Live("x") {
			b.Fatal("alive")
		}
	}
}
