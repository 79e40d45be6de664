package gc_in_benchmark

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// OPT 2.
func BenchmarkDouble(b *testing.B) {
	for i := 0; i < b.N; i++ {
		runtime.GC() // forces full GC each iter
		_ = double(i)
	}
}

func BenchmarkRange(b *testing.B) {
	b.ReportAllocs()
	runtime.GC()
	b.ResetTimer()
	for i := range b.N {
		sink += double(i)
		if i%100 == 0 {
			runtime.GC()
		}
	}
	runtime.GC()
}

func BenchmarkLoop(b *testing.B) {
	for b.Loop() {
		// Clean numbers.
		runtime.GC()

		sink += double(sink)
	}
}

func BenchmarkParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		text := ""
		for pb.Next() {
			text = strings.Repeat("x", 10)
			runtime.GC()
		}
		_ = text
	})
}

func BenchmarkSizes(b *testing.B) {
	for _, size := range []int{1, 10} {
		runtime.GC()
		b.Run(fmt.Sprint(size), func(sub *testing.B) {
			for n := sub.N; n > 0; n-- {
				for range size {
					sink += double(n)
					runtime.GC()
				}
			}
		})
	}
}

func BenchmarkStarted(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		input := strings.Repeat("y", 100)
		b.StartTimer()
		runtime.GC()
		sink += len(input)
	}
}

func benchmarkBoth(bench *testing.B, twice func(int) int) {
	bench.StopTimer()
	bench.StartTimer()
	for i := 0; i < bench.N; i++ {
		runtime.GC()
		runtime.GC()
		sink += twice(i)
	}
}

func BenchmarkBoth(b *testing.B) { benchmarkBoth(b, double) }
