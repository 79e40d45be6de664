package gosched

import (
	"runtime"
	"sync/atomic"
)

type stepped struct{ count int }

// What the limit was before the loop is what counts.
func (s *stepped) sum() (sum int) {
	count := s.count
	for i := 0; i < count; i++ {
		sum += i * i
		if i%1000 == 0 {
			runtime.Gosched() // let others run
		}
	}
	return sum
}

func upTo(most *atomic.Int32) (sum int32) {
	limit := most.Load()
	for i := int32(0); i < limit-1; i++ {
		sum += i
		runtime.Gosched()
	}
	return sum
}

func movedMeanwhile(most *atomic.Int32) (sum int32) {
	limit := most.Load()
	for i := int32(0); i < limit; i++ {
		sum += i
		limit = most.Load()
		runtime.Gosched() // unsafe: calls
	}
	return sum
}

func movedElsewhere(most *atomic.Int32) (sum int32) {
	limit := most.Load()
	defer func() { limit = 0 }()
	for i := int32(0); i < limit; i++ {
		sum += i
		runtime.Gosched() // unsafe: early-exit
	}
	return sum
}

func untilTaken(tries int, take func() bool) bool {
	most := tries
	for i := 0; i < most; i++ {
		if take() {
			return true
		}
		runtime.Gosched() // keeps: waits
	}
	return false
}

type item struct{ err error }

func (it *item) failed() bool { return it.err != nil }

// A search ends with what it finds.
func finds(items []*item) *item {
	for _, it := range items {
		if it.failed() {
			return it
		}
		runtime.Gosched()
	}
	return nil
}
