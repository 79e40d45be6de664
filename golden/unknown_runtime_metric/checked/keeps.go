package checked

import "runtime/metrics"

// What only a newer Go has is left out by an older one.
func read() map[string]uint64 {
	samples := []metrics.Sample{
		{Name: "/sched/goroutines:goroutines"},
		{Name: "/sched/threads/total:threads"},
	}
	metrics.Read(samples)
	values := make(map[string]uint64)
	for _, sample := range samples {
		if sample.Value.Kind() == metrics.KindBad {
			continue
		}
		values[sample.Name] = sample.Value.Uint64()
	}
	return values
}

func wrong() []metrics.Sample {
	return []metrics.Sample{{Name: "/memory/classes/heap/inuse:bytes"}} // advice: no-near-name
}
