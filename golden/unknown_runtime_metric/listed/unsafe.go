package listed

import "runtime/metrics"

var names = []string{
	"/gc/heap/allocs:bytes",
	"/gc/cpu/total:cpu-seconds",
}

// The same name is the key of a table (counterexample 11).
var help = map[string]string{
	"/gc/cpu/total:cpu-seconds": "CPU time of the collector",
}

func fed() map[string]float64 {
	samples := make([]metrics.Sample, len(names))
	for i := range names {
		samples[i].Name = names[i]
	}
	metrics.Read(samples)
	values := map[string]float64{}
	for _, sample := range samples {
		switch sample.Value.Kind() {
		case metrics.KindUint64:
			values[help[sample.Name]] = float64(sample.Value.Uint64())
		case metrics.KindFloat64:
			values[help[sample.Name]] = sample.Value.Float64()
		}
	}
	return values
}
