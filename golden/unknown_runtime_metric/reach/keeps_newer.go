//go:build go1.27

package reach

import "runtime/metrics"

func later() metrics.Sample {
	return metrics.Sample{Name: "/sched/latencys:seconds"} // keeps: newer-than-the-table
}
