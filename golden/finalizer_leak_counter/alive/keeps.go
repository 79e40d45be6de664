package alive

import (
	"runtime"
	"sync/atomic"
)

type node struct{ next *node }

var made, unused int64

var freed int64

func newNode() *node {
	atomic.AddInt64(&made, 1)
	n := &node{}
	runtime.SetFinalizer(n, func(*node) { atomic.AddInt64(&freed, 1) }) // advice: counter-elsewhere
	return n
}

// What is made and not collected yet.
func count() int64 { return atomic.LoadInt64(&made) - atomic.LoadInt64(&freed) }
