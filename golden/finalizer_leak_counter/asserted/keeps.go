package asserted

import (
	"io"
	"runtime"
	"sync/atomic"
)

type conn struct{ buf [64]byte }

var leaked atomic.Int64

func dial() *conn {
	c := &conn{}
	runtime.SetFinalizer(c, func(*conn) { leaked.Add(1) }) // advice: becomes-closer
	return c
}

// With a new `Close` the connection would be closed here.
func done(x any) {
	if c, ok := x.(io.Closer); ok {
		c.Close()
	}
}
