package old

import "runtime/metrics"

func waits() []metrics.Sample {
	return []metrics.Sample{{Name: "/sched/latencies:seconds"}} // advice: too-new
}

func sizes() []metrics.Sample {
	return []metrics.Sample{{Name: "/gc/heap/allocs-by-size:objects"}}
}
