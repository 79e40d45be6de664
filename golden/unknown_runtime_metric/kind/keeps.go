package kind

import "runtime/metrics"

// What was skipped as bad would be asked for a number that it is not
// (counterexample 11).
func total() (sum uint64) {
	samples := []metrics.Sample{{Name: "/sched/latency:seconds"}} // keeps: other-kind
	metrics.Read(samples)
	for _, sample := range samples {
		if sample.Value.Kind() == metrics.KindBad {
			continue
		}
		sum += sample.Value.Uint64()
	}
	return sum
}
