package gosched

import (
	"runtime"
	"time"
)

func explainedAbove(xs []int) (sum int) {
	for i, x := range xs {
		sum += x
		// On a machine with one core the reader would starve here,
		// as the sum takes longer than its deadline.
		if i%1000 == 0 {
			runtime.Gosched() // advice: explained
		}
	}
	return sum
}

func explainedInside(xs []int) (sum int) {
	for i, x := range xs {
		sum += x
		if i%1000 == 0 {
			// On a machine with one core the reader would starve here,
			// as the sum takes longer than its deadline.
			runtime.Gosched() // advice: explained
		}
	}
	return sum
}

// explainedAtTop adds up all numbers, and yields to the writers so that a batch is full.
func explainedAtTop(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched() // advice: explained
	}
	return sum
}

func explainedBeforeSleep(check func() bool) {
	for !check() {
		// The writer may hold the lock, and it must not wait for a whole pause.
		runtime.Gosched() // advice: explained
		time.Sleep(time.Second)
	}
}

// A remark is no explanation.
func remarked(xs []int, use func(int)) {
	for _, x := range xs {
		use(x)
		// Let other goroutines run.
		runtime.Gosched() // unsafe: calls
	}
}

// Its counter would be left for nothing.
func resets(xs []int) (sum int) {
	n := 0
	for _, x := range xs {
		sum += x
		n++
		if n > 100 {
			n = 0
			runtime.Gosched() // advice: left-counter
		}
	}
	return sum
}
