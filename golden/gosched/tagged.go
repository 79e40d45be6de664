//go:build linux || (wasm && !purego)

package gosched

import "runtime"

func tagged(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched() // keeps: no-preemption
	}
	return sum
}
