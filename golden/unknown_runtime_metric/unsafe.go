package unknownruntimemetric

import (
	"runtime/metrics"
	rm "runtime/metrics"
)

func waits() *metrics.Float64Histogram {
	samples := []metrics.Sample{{Name: "/sched/latency:seconds"}}
	metrics.Read(samples)
	return samples[0].Value.Float64Histogram()
}

func raw() float64 {
	samples := []rm.Sample{
		{Name: `/gc/cpu/total:cpu-seconds`}, // both are wrong
		{Name: "/sched/gorutines:goroutines"},
	}
	rm.Read(samples)
	if samples[0].Value.Kind() == rm.KindBad {
		return 0
	}
	return samples[0].Value.Float64() + float64(samples[1].Value.Uint64())
}

func assigned() *metrics.Float64Histogram {
	var sample [1]metrics.Sample
	sample[0].Name = "/sched/latency:seconds"
	metrics.Read(sample[:])
	value := sample[0].Value
	return histogram(value)
}

func histogram(value metrics.Value) *metrics.Float64Histogram {
	return value.Float64Histogram()
}

func unknown() metrics.Sample {
	return metrics.Sample{Name: "/memory/classes/heap/inuse:bytes"} // advice: no-near-name
}

func renamed() metrics.Sample {
	return metrics.Sample{Name: "/gc/heap/allocs-by-size:objects"} // advice: no-near-name
}

func known() []metrics.Sample {
	return []metrics.Sample{
		{Name: "/sched/latencies:seconds"},
		{Name: "/godebug/non-default-behavior/anything:events"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
	}
}

func dynamic(name string) metrics.Sample {
	return metrics.Sample{Name: "/gc/" + name}
}

type Sample struct{ Name string }

func another() Sample {
	return Sample{Name: "/sched/latencys:seconds"}
}
