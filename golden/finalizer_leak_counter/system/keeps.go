package system

import (
	"runtime"
	"sync/atomic"
)

type node struct{ next *node }

var freed atomic.Int64

func newNode() *node {
	n := &node{}
	runtime.SetFinalizer(n, func(*node) { freed.Add(1) }) // advice: unclear-close
	return n
}
