package evidence

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
)

func BenchmarkMetrics(b *testing.B) {
	pair(b, "read-mem-stats", func(b *testing.B) {
		for b.Loop() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			sinkUint64 = m.HeapAlloc + m.Sys
		}
	}, func(b *testing.B) {
		for b.Loop() {
			samples := []metrics.Sample{
				{Name: "/memory/classes/heap/objects:bytes"},
				{Name: "/memory/classes/total:bytes"},
			}
			metrics.Read(samples)
			sinkUint64 = samples[0].Value.Uint64() + samples[1].Value.Uint64()
		}
	})
	var snapshot atomic.Pointer[runtime.MemStats]
	snapshot.Store(new(runtime.MemStats))
	pair(b, "read-mem-stats-per-request", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if m.HeapAlloc == 0 {
					b.Error("an empty heap")
				}
			}
		})
	}, func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if snapshot.Load() == nil {
					b.Error("no snapshot")
				}
			}
		})
	})
	// How many of the two metrics of SEN 2 with a wrong name can be read.
	pair(b, "unknown-runtime-metric", func(b *testing.B) {
		count(b, readable("/sched/latency:seconds", "/gc/cpu/total:cpu-seconds"), "readable")
	}, func(b *testing.B) {
		count(b, readable("/sched/latencies:seconds", "/cpu/classes/gc/total:cpu-seconds"), "readable")
	})
	var requests atomic.Int64
	pair(b, "num-goroutine-in-metrics", func(b *testing.B) {
		for b.Loop() {
			sinkInt = runtime.NumGoroutine()
		}
	}, func(b *testing.B) {
		for b.Loop() {
			sinkInt = int(requests.Load())
		}
	})
}

func readable(names ...string) float64 {
	good := 0
	for _, name := range names {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		if sample[0].Value.Kind() != metrics.KindBad {
			good++
		}
	}
	return float64(good)
}
