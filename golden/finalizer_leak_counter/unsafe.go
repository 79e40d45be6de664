package finalizer_leak_counter

import (
	"expvar"
	"runtime"
	"sync/atomic"
)

// OPT 12: a finalizer that counts.
type Conn struct {
	buf [64]byte
}

// leakedConns counts the connections that were never closed.
var leakedConns int64

func NewConn() *Conn {
	c := &Conn{}
	runtime.SetFinalizer(c, func(*Conn) { atomic.AddInt64(&leakedConns, 1) })
	return c
}

func publish() {
	expvar.Publish("leaked", expvar.Func(func() any { return atomic.LoadInt64(&leakedConns) }))
}

func double() int64 {
	return 2 * atomic.LoadInt64(&leakedConns)
}

func shown() {
	println("open", float64(atomic.LoadInt64(&leakedConns)))
}

// A Close that there is counts behind the checks that leave early.
type session struct {
	open bool
}

var sessionsGone atomic.Int64 // collected so far

func newSession() *session {
	s := &session{open: true}
	runtime.SetFinalizer(s, func(_ *session) { sessionsGone.Add(1) })
	return s
}

func (s *session) Close() {
	if !s.open {
		return
	}
	// From here on it is closed.
	s.open = false
}

func gone() int64 { return sessionsGone.Load() }

// Nobody reads it.
type HTTPProxy struct{ next *HTTPProxy }

var proxies uint64

func newProxy() *HTTPProxy {
	p := &HTTPProxy{}
	runtime.SetFinalizer(p, func(*HTTPProxy) { atomic.AddUint64(&proxies, 1) })
	return p
}
