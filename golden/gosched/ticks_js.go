package gosched

import "runtime"

func ticks(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched() // keeps: no-preemption
	}
	return sum
}
