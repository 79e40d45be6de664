// Package clock has readings that the clock lets happen again only after some time.
package clock

import (
	"fmt"
	"log"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type byTime struct {
	mu   sync.Mutex
	gap  time.Duration
	last time.Time
	now  runtime.MemStats
}

func (b *byTime) heap() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.last) > time.Second {
		runtime.ReadMemStats(&b.now) // keeps: renewed-snapshot
		b.last = time.Now()
	}
	return b.now.HeapAlloc
}

type byGap struct {
	gap  time.Duration
	last time.Time
	now  runtime.MemStats
}

func newByGap() *byGap {
	b := &byGap{gap: time.Minute}
	runtime.ReadMemStats(&b.now) // keeps: renewed-snapshot
	return b
}

func (b *byGap) heap(now time.Time) uint64 {
	if !b.last.IsZero() && now.Sub(b.last) < b.gap {
		return b.now.HeapAlloc
	}
	b.last = now
	runtime.ReadMemStats(&b.now) // keeps: renewed-snapshot
	return b.now.HeapAlloc
}

var (
	next    time.Time
	current runtime.MemStats
)

func pauses() uint64 {
	if now := time.Now(); now.After(next) {
		runtime.ReadMemStats(&current) // keeps: renewed-snapshot
		next = now.Add(10 * time.Second)
	}
	return current.PauseTotalNs
}

var seconds atomic.Int64

func bySeconds() {
	now := time.Now().Unix()
	last := seconds.Load()
	if now-last < 5 || !seconds.CompareAndSwap(last, now) {
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: seldom
	log.Print(m.PauseTotalNs)
}

func inLoop(lines <-chan string) {
	last := time.Now()
	for line := range lines {
		if time.Since(last) >= time.Minute {
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // keeps: seldom
			fmt.Println(line, m.PauseTotalNs)
			last = time.Now()
		}
	}
}

func asNumber(lines <-chan string) {
	start := time.Now()
	for line := range lines {
		if time.Since(start).Seconds() < 30 {
			continue
		}
		start = time.Now()
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: seldom
		fmt.Println(line, m.LastGC)
	}
}

func deadline(lines <-chan string) {
	next := time.Now().Add(time.Second)
	for line := range lines {
		switch {
		case time.Until(next) <= 0:
			next = time.Now().Add(time.Second)
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // keeps: seldom
			fmt.Println(line, m.LastGC)
		}
	}
}

func before(lines <-chan string) {
	var next time.Time
	for range lines {
		now := time.Now()
		if now.Before(next) {
			continue
		}
		next = now.Add(2 * time.Second)
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: seldom
		fmt.Println(m.LastGC)
	}
}

type polled struct {
	ticker *time.Ticker
	now    runtime.MemStats
}

func (p *polled) heap() uint64 {
	select {
	case <-p.ticker.C:
		runtime.ReadMemStats(&p.now) // keeps: renewed-snapshot
	default:
	}
	return p.now.HeapAlloc
}

func handle(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	if now.Unix() <= seconds.Load()+10 {
		return
	}
	seconds.Store(now.Unix())
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: seldom
	fmt.Fprintln(w, m.PauseTotalNs)
}

// The start is never set anew: once it is a second ago, each call reads.
type warm struct {
	start time.Time
	now   runtime.MemStats
}

func (w *warm) heap() uint64 {
	if time.Since(w.start) > time.Second {
		runtime.ReadMemStats(&w.now) // advice: not-local
	}
	return w.now.HeapAlloc
}

// Until then, not from then on.
func early(lines <-chan string) {
	last := time.Now()
	for line := range lines {
		if time.Since(last) < time.Minute {
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // advice: no-exact-metric
			fmt.Println(line, m.LastGC)
		}
		last = time.Now()
	}
}

// Whoever forces it has it read.
func forced(lines <-chan string, force bool) {
	last := time.Now()
	for line := range lines {
		if force || time.Since(last) > time.Minute {
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // advice: no-exact-metric
			fmt.Println(line, m.LastGC)
			last = time.Now()
		}
	}
}

func often(lines <-chan string) {
	last := time.Now()
	for line := range lines {
		if time.Since(last) > time.Millisecond {
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // advice: no-exact-metric
			fmt.Println(line, m.LastGC)
			last = time.Now()
		}
	}
}
