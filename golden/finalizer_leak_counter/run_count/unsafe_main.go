package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

type conn struct{ id int }

var leaked int64

func dial(id int) *conn {
	c := &conn{id}
	runtime.SetFinalizer(c, func(*conn) { atomic.AddInt64(&leaked, 1) })
	return c
}

func (c *conn) Close() error {
	fmt.Println("closing", c.id)
	return nil
}

// Before: what was closed is still reachable, so nothing was collected. After:
// all that was opened is closed.
func main() {
	var all []*conn
	for id := range 3 {
		all = append(all, dial(id))
	}
	for _, c := range all {
		c.Close()
	}
	fmt.Println("leaked:", atomic.LoadInt64(&leaked))
	runtime.KeepAlive(all)
}
