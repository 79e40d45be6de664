package external_test

import (
	"runtime"
	"testing"

	"gomend.example/golden/gc_in_benchmark/external"
)

func BenchmarkDouble(b *testing.B) {
	for n := range b.N {
		if external.Double(n) != n+n {
			b.Fatal(n)
		}
		runtime.GC()
	}
}
