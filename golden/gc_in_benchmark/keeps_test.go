package gc_in_benchmark

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Counterexample 12: the collection is what is measured.
func BenchmarkCollection(b *testing.B) {
	for b.Loop() {
		runtime.GC() // keeps: only-statement
	}
}

func BenchmarkTwice(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		runtime.GC() // keeps: only-statement
		runtime.GC() // keeps: only-statement
	}
}

func BenchmarkInner(b *testing.B) {
	for i := range b.N {
		sink += i
		for range 3 {
			runtime.GC() // keeps: only-statement
		}
	}
}

func BenchmarkStack(b *testing.B) {
	b.StopTimer()
	for i := range b.N {
		sink += i
		b.StartTimer()
		runtime.GC() // keeps: only-statement
		b.StopTimer()
	}
}

// Without the collection the files run out.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		file, err := os.Open(os.DevNull)
		if err != nil {
			b.Fatal(err)
		}
		sink += int(file.Fd())
		runtime.GC() // keeps: drives-finalizers
	}
}

func BenchmarkGCPressure(b *testing.B) {
	for i := range b.N {
		runtime.GC() // keeps: about-collection
		sink += i
	}
}

func BenchmarkMetric(b *testing.B) {
	for i := range b.N {
		runtime.GC() // keeps: about-collection
		sink += i
	}
	b.ReportMetric(1, "gc/op")
}

func BenchmarkCases(b *testing.B) {
	b.Run("weak", func(b *testing.B) {
		for i := range b.N {
			runtime.GC() // keeps: about-collection
			sink += i
		}
	})
}

func benchmarkHelper(b *testing.B) {
	for i := range b.N {
		runtime.GC() // keeps: about-collection
		sink += i
	}
}

func BenchmarkFinalizers(b *testing.B) { benchmarkHelper(b) }

func BenchmarkStopped(b *testing.B) {
	for i := range b.N {
		b.StopTimer()
		runtime.GC() // keeps: timer-stopped
		b.StartTimer()
		sink += i
	}
}

func BenchmarkStoppedAround(b *testing.B) {
	b.StopTimer()
	for i := range b.N {
		runtime.GC() // keeps: timer-stopped
		b.StartTimer()
		sink += i
		b.StopTimer()
	}
}

func BenchmarkStoppedAtEnd(b *testing.B) {
	for i := range b.N {
		runtime.GC() // keeps: timer-stopped
		b.StartTimer()
		sink += i
		b.StopTimer()
	}
}

func BenchmarkStoppedSometimes(b *testing.B) {
	for i := range b.N {
		if i%2 == 0 {
			b.StopTimer()
		}
		runtime.GC() // keeps: timer-stopped
		b.StartTimer()
		sink += i
	}
}

func BenchmarkReset(b *testing.B) {
	for i := range b.N {
		runtime.GC() // keeps: timer-stopped
		b.ResetTimer()
		sink += i
	}
}

func BenchmarkStats(b *testing.B) {
	var m runtime.MemStats
	for i := range b.N {
		sink += i
		runtime.GC() // keeps: reads-heap-state
	}
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse), "B")
}

func BenchmarkAlive(b *testing.B) {
	for i := range b.N {
		x := new(i)
		runtime.GC() // keeps: drives-finalizers
		runtime.KeepAlive(x)
	}
}

func BenchmarkClock(b *testing.B) {
	var total time.Duration
	for i := range b.N {
		sink += i
		start := time.Now()
		runtime.GC() // keeps: measures
		total += time.Since(start)
	}
	b.ReportMetric(float64(total), "ns")
}

func BenchmarkBatch(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for i := range b.N {
		sink += i
		runtime.GC() // keeps: collector-off
	}
}

func BenchmarkMarked(b *testing.B) {
	marks := make([]bool, 10)
	for i := range b.N {
		sink += i
		if marks[i%10] {
			runtime.GC() // keeps: condition-may-panic
		}
	}
}

func BenchmarkLabelled(b *testing.B) {
	for i := range b.N {
		sink += i
	again:
		runtime.GC() // keeps: in-slot
		if sink++; sink < 2 {
			goto again
		}
	}
}

func BenchmarkConcurrent(b *testing.B) {
	for i := range b.N {
		go func() {
			runtime.GC()
			sink += i
		}()
	}
}

func TestLoop(t *testing.T) {
	for i := range 10 {
		runtime.GC()
		sink += i
	}
}

// No finding: the test judges the numbers.
func TestNumbers(t *testing.T) {
	result := testing.Benchmark(func(b *testing.B) {
		for i := range b.N {
			runtime.GC()
			sink += i
		}
	})
	if result.N == 0 {
		t.Fatal(result)
	}
}

func pause(b *testing.B) { b.StopTimer() }

func BenchmarkPausedByHelper(b *testing.B) {
	for i := range b.N {
		sink += i
		pause(b)
		runtime.GC() // keeps: timer-stopped
		sink = 0
		b.StartTimer()
	}
}
