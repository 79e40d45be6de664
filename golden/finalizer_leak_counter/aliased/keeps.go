package aliased

import (
	"runtime"
	"sync/atomic"
)

type conn struct{ buf [64]byte }

// Conn is the same type, and its method is one of conn.
type Conn = conn

var leaked atomic.Int64

func dial() *conn {
	c := &conn{}
	runtime.SetFinalizer(c, func(*conn) { leaked.Add(1) }) // advice: foreign-type
	return c
}

func (c *Conn) Close() error { return nil }
