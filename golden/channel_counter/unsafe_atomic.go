package channelcounter

import "sync/atomic"

type gauge struct {
	updates chan int64
	sum     atomic.Int64
}

func newGauge() *gauge {
	g := &gauge{updates: make(chan int64, 8)}
	go func() {
		for v := range g.updates {
			g.sum.Add(v)
		}
	}()
	return g
}

func (g *gauge) Add(n int64)  { g.updates <- n }
func (g *gauge) Value() int64 { return g.sum.Load() }

type old struct {
	updates chan int64
	sum     int64
}

func newOld() *old {
	o := &old{updates: make(chan int64, 8)}
	go func() {
		for v := range o.updates {
			atomic.AddInt64(&o.sum, v)
		}
	}()
	return o
}

func (o *old) add(n int64)  { o.updates <- n }
func (o *old) value() int64 { return atomic.LoadInt64(&o.sum) }
