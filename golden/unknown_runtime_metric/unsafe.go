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

const latency = "/sched/latency:seconds"

func byConstant() metrics.Sample {
	return metrics.Sample{Name: latency}
}

var names = []string{
	"/gc/heap/allocs:bytes",
	"/gc/cpu/total:cpu-seconds",
}

// The same name is the key of a table (counterexample 11).
var help = map[string]string{
	"/gc/cpu/total:cpu-seconds": "CPU time of the collector",
}

func fed() map[string]metrics.Value {
	samples := make([]metrics.Sample, len(names))
	for i := range names {
		samples[i].Name = names[i]
	}
	metrics.Read(samples)
	values := map[string]metrics.Value{}
	for _, sample := range samples {
		values[help[sample.Name]] = sample.Value
	}
	return values
}

func assigned() metrics.Value {
	var sample [1]metrics.Sample
	sample[0].Name = "/sched/latency:seconds"
	metrics.Read(sample[:])
	return sample[0].Value
}

func withValue() metrics.Sample {
	return metrics.Sample{Name: "/sched/latency:seconds", Value: metrics.Value{}}
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
	return Sample{Name: "/sched/latency:seconds"}
}
