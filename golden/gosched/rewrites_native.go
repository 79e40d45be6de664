//go:build !plan9 && !(js || wasip1)

package gosched

import (
	"runtime"
	"time"
)

func native(xs []int) (sum int) {
	for _, x := range xs {
		sum += x
		runtime.Gosched()
	}
	return sum
}

func pausesByUnits(states <-chan int) {
	for state := range states {
		switch state {
		case 1:
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		case 2:
			runtime.Gosched()
			time.Sleep(time.Duration(5) * (time.Second + 1))
		case 3:
			runtime.Gosched()
			time.Sleep(time.Second / 10)
		}
	}
}
