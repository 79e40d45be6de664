// Package seldom has readings that nothing replaces and that cost little.
package seldom

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type collector struct {
	mu     sync.Mutex
	ticker *time.Ticker
	gap    time.Duration
	stats  runtime.MemStats
	other  runtime.MemStats
	third  runtime.MemStats
	last   atomic.Pointer[runtime.MemStats]
}

func (c *collector) run() {
	for range c.ticker.C {
		c.mu.Lock()
		runtime.ReadMemStats(&c.stats) // keeps: renewed-snapshot
		c.mu.Unlock()
	}
}

func (c *collector) store(done <-chan struct{}) {
	for {
		m := new(runtime.MemStats)
		runtime.ReadMemStats(m) // keeps: renewed-snapshot
		c.last.Store(m)
		select {
		case <-done:
			return
		case <-time.After(c.gap):
		}
	}
}

func (c *collector) refresh() {
	runtime.ReadMemStats(&c.other) // keeps: renewed-snapshot
}

func (c *collector) refreshes() {
	c.refresh()
	for {
		time.Sleep(c.gap)
		c.refresh()
	}
}

func (c *collector) get() runtime.MemStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Whoever asks has it renewed.
func (c *collector) ask() uint64 {
	runtime.ReadMemStats(&c.third) // advice: not-local
	return c.third.HeapAlloc
}

const period = 2 * time.Second

func pauses(done <-chan struct{}) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // keeps: seldom
			log.Print(m.PauseTotalNs)
		}
	}
}

func sleeps() {
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: seldom
		log.Print(m.LastGC)
		time.Sleep(time.Minute)
	}
}

func ticks() {
	for range time.Tick(time.Second) {
		pausesNow()
	}
}

func pausesNow() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: seldom
	log.Print(m.PauseTotalNs)
}

func often() {
	for range time.Tick(100 * time.Millisecond) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // advice: no-exact-metric
		log.Print(m.PauseTotalNs)
	}
}

// The wait is not on the way to each reading.
func sometimes(next <-chan string) {
	for name := range next {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // advice: no-exact-metric
		log.Print(name, m.PauseTotalNs)
		if name == "" {
			time.Sleep(time.Minute)
		}
	}
}

func other(done chan struct{}, work <-chan int) {
	for {
		select {
		case <-time.After(time.Minute):
		case <-work:
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // advice: no-exact-metric
			log.Print(m.PauseTotalNs)
		case <-done:
			return
		}
	}
}

func encode(w io.Writer) error {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	return json.NewEncoder(w).Encode(&m)
}

func marshal() ([]byte, error) {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m) // keeps: served-whole
	return json.MarshalIndent(m, "", "\t")
}

func returned() runtime.MemStats {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	return m
}

func returnedByPointer() any {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m) // keeps: served-whole
	return *m
}

func inStruct() any {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	return struct{ Mem runtime.MemStats }{Mem: m}
}

func heapOf(m *runtime.MemStats) uint64 { return m.HeapAlloc }

// The function of the package reads one field.
func passedOn() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	fmt.Println(heapOf(&m))
}

// Most fields are shown, one by one.
func shown(show func(string, uint64)) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	show("alloc", m.Alloc)
	show("total", m.TotalAlloc)
	show("sys", m.Sys)
	show("lookups", m.Lookups)
	show("mallocs", m.Mallocs)
	show("frees", m.Frees)
	show("heap", m.HeapAlloc)
	show("heap sys", m.HeapSys)
	show("idle", m.HeapIdle)
	show("released", m.HeapReleased)
	show("objects", m.HeapObjects)
	show("pauses", m.PauseTotalNs)
}

func tell(level string, m *runtime.MemStats) {
	fmt.Println(level, m.Alloc, m.TotalAlloc, m.Sys, m.Mallocs, m.Frees, m.HeapAlloc, m.HeapSys)
	fmt.Println(level, m.HeapIdle, m.HeapReleased, m.HeapObjects, m.StackInuse, m.GCSys)
}

// The function of the package reads a dozen fields.
func passedToTell() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	tell("info", &m)
}

// One field is enough where the others are not told.
func passedToTellAtTimes(verbose bool) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	if verbose {
		tell("debug", &m)
	}
	return m.Sys
}
