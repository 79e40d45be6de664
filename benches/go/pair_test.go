// Package evidence measures what each rule of gomend brings: the code as the
// rule finds it, and as it writes it or advises to.
//
// A benchmark runs under the id of its rule, so that the table finds it. Where
// time is not what the rule is about, the pair reports another unit.
package evidence

import "testing"

// pair runs the two sides of a rule.
func pair(b *testing.B, rule string, before, after func(b *testing.B)) {
	b.Run(rule+"/before", before)
	b.Run(rule+"/after", after)
}

// Results that a benchmark computes are left here, so that no compiler can
// leave the work out.
var (
	sinkInt    int
	sinkUint64 uint64
	sinkString string
	sinkBytes  []byte
	sinkAny    any
)

// count reports a figure that does not depend on time.
func count(b *testing.B, value float64, unit string) {
	for b.Loop() {
	}
	b.ReportMetric(value, unit)
}
