package main

import (
	"runtime"
	"testing"
)

func TestSum(t *testing.T) {
	if got := sum([]float64{1, 4, 9}); got != 6 {
		t.Errorf("sum is %v, want 6", got)
	}
}

func BenchmarkSum(b *testing.B) {
	data := make([]float64, 1000)
	for b.Loop() {
		runtime.GC() // start clean
		if sum(data) != 0 {
			b.Fatal("the sum of zeros is not zero")
		}
	}
}
