package gosched

import (
	"runtime"
	"testing"
)

func TestSum(t *testing.T) {
	sum := 0
	for _, x := range []int{1, 2, 3} {
		sum += x
		runtime.Gosched() // keeps: test-file
	}
	if sum != 6 {
		t.Fatal(sum)
	}
}
