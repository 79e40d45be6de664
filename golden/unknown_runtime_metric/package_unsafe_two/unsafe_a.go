package two

import "runtime/metrics"

func waits() *metrics.Float64Histogram {
	samples := []metrics.Sample{{Name: "/sched/latency:seconds"}}
	metrics.Read(samples)
	return samples[0].Value.Float64Histogram()
}
