package table

import "runtime/metrics"

// The real name stands there too, and no name may stand there twice.
var labels = map[string]string{
	"/sched/latency:seconds":   "latency",
	"/sched/latencies:seconds": "latencies",
}

func read() []metrics.Sample {
	samples := []metrics.Sample{
		{Name: "/sched/latency:seconds"}, // advice: spelled-twice
		{Name: "/sched/latencies:seconds"},
	}
	metrics.Read(samples)
	return samples
}
