package generated

import (
	"runtime"
	"sync/atomic"
)

type conn struct{ p *int }

var leaked int64

func dial() *conn {
	c := &conn{}
	runtime.SetFinalizer(c, func(*conn) { atomic.AddInt64(&leaked, 1) }) // advice: out-of-reach
	return c
}
