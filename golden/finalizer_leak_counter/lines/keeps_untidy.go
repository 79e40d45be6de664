// Statements and fields that share their lines.
package lines

import ("runtime"; "sync/atomic")

type conn struct { open bool; n int }

var leaked int64; var other int

func newConn() *conn { c := &conn{open: true}; runtime.SetFinalizer(c, func(*conn) { atomic.AddInt64(&leaked, 1) }); return c } // advice: unclear-close

func (c *conn) Close() { c.open = false; c.n++ }; func gone() int64 { other++; return atomic.LoadInt64(&leaked) }
