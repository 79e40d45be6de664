package gc_in_benchmark

import (
	rt "runtime"
	"testing"
)

type fake struct{ N int }

func (fake) GC() {}

func (fake) Loop() bool { return false }

func BenchmarkTidy(b *testing.B) {
	for b.Loop() {
		sink += double(1)
		rt.GC()
	}
}

func shadows(b fake, rt fake) {
	for range b.N {
		rt.GC()
		sink++
	}
	for b.Loop() {
		rt.GC()
		sink++
	}
}
