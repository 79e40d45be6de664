//go:build !release

package tagged

import (
	"runtime"
	"sync/atomic"
)

type conn struct{ p *int }

var leaked atomic.Int64

func dial() *conn {
	c := &conn{}
	runtime.SetFinalizer(c, func(*conn) { leaked.Add(1) }) // keeps: debug-build
	return c
}
