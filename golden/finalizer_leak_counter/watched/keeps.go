package watched

import (
	"runtime"
	"sync/atomic"
)

type node struct{ next *node }

var freed atomic.Int64

func newNode() *node {
	n := &node{}
	runtime.SetFinalizer(n, func(*node) { freed.Add(1) }) // keeps: counts-collections
	return n
}

func settle(count int64) {
	for freed.Load() < count {
		runtime.GC()
	}
}
