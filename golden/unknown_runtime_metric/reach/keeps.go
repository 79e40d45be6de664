package reach

import "runtime/metrics"

func waits() metrics.Sample {
	return metrics.Sample{Name: "/sched/latency:seconds"} // advice: out-of-reach
}
