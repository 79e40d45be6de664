package gosched

import (
	"os"
	"runtime"
	"time"
)

type integer interface{ ~int | ~int64 }

func sums[T ~int | ~float64](n int) (sum T) {
	for i := 0; i < n; i++ {
		sum += T(i)
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

type series[T integer] struct{ all []T }

func (s *series[N]) fill(n int) {
	for i := range n {
		s.all = append(s.all, N(i))
		runtime.Gosched()
	}
}

func inCondition[T ~int](n int) (sum int) {
	for i := range n {
		sum += i
		if T(i)%1000 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

type celsius float64

func ofManyTypes(n int) (d time.Duration, mode os.FileMode, c celsius) {
	type local int
	for i := 0; i < n; i++ {
		d += time.Duration(local(i))
		mode |= os.FileMode(i)
		c += celsius(i)
		runtime.Gosched()
	}
	return d, mode, c
}

func before(beat func()) {
	beat()
	runtime.Gosched()
	time.Sleep(time.Millisecond)
}
