package kept

import (
	"fmt"
	"log"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// Counterexample 1: printed 0, would panic.
func verbose(verbose bool) {
	var m runtime.MemStats
	if verbose {
		runtime.ReadMemStats(&m) // keeps: read-may-not-happen
	}
	log.Println(m.NumGC)
}

// Counterexample 1, deferred, with an early return.
func early(skip bool) {
	var m runtime.MemStats
	defer func() { log.Println(m.NumGC) }()
	if skip {
		return
	}
	runtime.ReadMemStats(&m) // keeps: read-may-not-happen
}

// Counterexample 1, a loop that may not turn.
func zeroTrip(n int) {
	var m runtime.MemStats
	for i := 0; i < n; i++ {
		runtime.ReadMemStats(&m) // keeps: read-may-not-happen
	}
	log.Println(m.NumGC)
}

// Counterexample 1, the first turn of a loop.
func firstTurn(n int) {
	var m runtime.MemStats
	for i := 0; i < n; i++ {
		log.Println(m.NumGC)
		runtime.ReadMemStats(&m) // keeps: read-may-not-happen
	}
}

func onTheWay(n int) {
	var m runtime.MemStats
	if n > 3 {
		goto done
	}
	runtime.ReadMemStats(&m) // keeps: read-may-not-happen
done:
	log.Println(m.NumGC)
}

func inCase(n int) {
	var m runtime.MemStats
	switch n {
	case 1:
		runtime.ReadMemStats(&m) // keeps: read-may-not-happen
		fallthrough
	case 2:
		log.Println(m.NumGC)
	}
}

func inLiteralBefore() {
	var m runtime.MemStats
	func() {
		runtime.ReadMemStats(&m) // keeps: read-may-not-happen
	}()
	log.Println(m.NumGC)
}

func allocsOf(tb testing.TB, work func()) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: testing
	tb.Log(m.Mallocs)
	return m.Mallocs
}

func inBenchmark() testing.BenchmarkResult {
	return testing.Benchmark(func(b *testing.B) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: testing
		b.ReportMetric(float64(m.HeapAlloc), "heap")
	})
}

func twoVariables(work func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before) // keeps: difference
	work()
	runtime.ReadMemStats(&after) // keeps: difference
	log.Println(after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs)
}

func passedOnBoth(work func(), show func(a, b uint64)) {
	before := new(runtime.MemStats)
	runtime.ReadMemStats(before) // keeps: difference
	work()
	after := new(runtime.MemStats)
	runtime.ReadMemStats(after) // keeps: difference
	show(before.HeapAlloc, after.HeapAlloc)
}

func deferredSecond(work func()) {
	var before runtime.MemStats
	runtime.ReadMemStats(&before) // keeps: difference
	defer func() {
		var after runtime.MemStats
		runtime.ReadMemStats(&after) // keeps: difference
		log.Println(after.HeapAlloc - before.HeapAlloc)
	}()
	work()
}

func oneVariable(work func()) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before := m.HeapAlloc
	work()
	runtime.ReadMemStats(&m)
	log.Println(m.HeapAlloc - before)
}

func throughLocals(work func()) int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	before := int64(m.HeapObjects)
	work()
	runtime.ReadMemStats(&m)
	after := int64(m.HeapObjects)
	grown := after
	return grown - before
}

func perTurn(tick <-chan time.Time) {
	var last uint64
	for range tick {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: difference
		log.Println(m.TotalAlloc - last)
		last = m.TotalAlloc
	}
}

func perTurnThroughLocals(tick <-chan time.Time) {
	var last uint64
	for range tick {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: difference
		now := m.HeapAlloc
		log.Println(now - last)
		last = now
	}
}

func subtractFrom(total *uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	*total -= m.HeapAlloc
}

// As testing.AllocsPerRun does it.
func fromZero(runs uint64, f func()) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: difference
	mallocs := 0 - m.Mallocs
	for range runs {
		f()
	}
	runtime.ReadMemStats(&m)
	mallocs += m.Mallocs
	return mallocs / runs
}

func forced() {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m) // keeps: after-collection
	log.Println(m.HeapAlloc)
}

func released() {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: after-collection
	log.Println(m.HeapReleased)
}

func settle() {
	for range 3 {
		runtime.GC()
	}
}

func forcedElsewhere() {
	settle()
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: after-collection
	log.Println(m.HeapAlloc)
}

func forcedAtTheTurn() {
	var m runtime.MemStats
	for {
		runtime.ReadMemStats(&m) // keeps: after-collection
		log.Println(m.HeapAlloc)
		runtime.GC()
	}
}

var shared runtime.MemStats

func forcedForShared() uint64 {
	runtime.GC()
	runtime.ReadMemStats(&shared) // keeps: after-collection
	return shared.HeapAlloc
}

type holder struct{ stats runtime.MemStats }

func (h *holder) refresh() {
	runtime.ReadMemStats(&h.stats) // advice: not-local
	runtime.ReadMemStats(&shared)
	runtime.ReadMemStats(new(runtime.MemStats))    // advice: not-local
	runtime.ReadMemStats(&[]runtime.MemStats{}[0]) // advice: not-local
}

func fill(m *runtime.MemStats) {
	runtime.ReadMemStats(m) // advice: not-local
}

// Counterexample 18: a named result and a naked return.
func snapshot() (m runtime.MemStats) {
	runtime.ReadMemStats(&m) // keeps: served-whole
	return
}

func notEmpty() uint64 {
	m := runtime.MemStats{NumGC: 1}
	runtime.ReadMemStats(&m) // advice: not-local
	return m.Sys
}

func ofAnotherType() uint64 {
	type stats = runtime.MemStats
	var m stats
	runtime.ReadMemStats(&m) // advice: not-local
	return m.Sys
}

func pauses() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: no-exact-metric
	log.Println(m.PauseNs[(m.NumGC+255)%256], m.PauseTotalNs, m.Sys)
}

func otherFields() {
	var a runtime.MemStats
	runtime.ReadMemStats(&a) // advice: no-exact-metric
	log.Println(a.LastGC, a.PauseEnd[0], a.GCCPUFraction, a.BySize[3].Mallocs)
}

func constantFields() bool {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: no-exact-metric
	return m.EnableGC && !m.DebugGC && m.Lookups == 0
}

func show(runtime.MemStats) {}

func printed() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: served-whole
	fmt.Printf("%+v\n", m)
}

func passedOn() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	show(m)
	return m.Sys
}

func addressTaken() *uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	return &m.Sys
}

func aliased() uint64 {
	var m runtime.MemStats
	p := &m
	runtime.ReadMemStats(p) // advice: not-local
	return m.Sys
}

func assigned() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	m.Sys, m.HeapSys = 1, 2
	m.NumGC++
	return m.Sys
}

func cleared() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	m = runtime.MemStats{}
	return m.Sys
}

func compared(other *runtime.MemStats) bool {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m) // advice: used-whole
	return m == other
}

func deferredRead() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: used-whole
	defer runtime.ReadMemStats(&m)
	log.Println(m.Sys)
}

// Labelled: syncthing, cmd/syncthing/heapprof.go.
func highWater(save func()) {
	var memstats, prevMemstats runtime.MemStats
	for {
		runtime.ReadMemStats(&memstats) // advice: used-whole
		if memstats.HeapInuse > prevMemstats.HeapInuse {
			save()
			prevMemstats = memstats
		}
	}
}

// Labelled: syncthing, cmd/syncthing/perfstats_unix.go.
func perfStats(tick <-chan time.Time) {
	var curMem, prevMem runtime.MemStats
	runtime.ReadMemStats(&prevMem) // advice: used-whole
	for range tick {
		runtime.ReadMemStats(&curMem) // advice: used-whole
		fmt.Println((curMem.Sys - curMem.HeapReleased) / 1024)
		prevMem = curMem
	}
}

func later() func() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: escaping-closure
	return func() uint64 { return m.Sys }
}

func beside() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: escaping-closure
	go func() { log.Println(m.Sys) }()
}

func once(o *sync.Once) {
	var m runtime.MemStats
	o.Do(func() {
		runtime.ReadMemStats(&m) // advice: escaping-closure
		log.Println(m.Sys)
	})
}

func together() uint64 {
	var m, other runtime.MemStats
	runtime.ReadMemStats(&m) // advice: not-local
	_ = other
	return m.Sys
}

func grouped() uint64 {
	var (
		m     runtime.MemStats
		other int
	)
	runtime.ReadMemStats(&m) // advice: not-local
	return m.Sys + uint64(other)
}

func unread() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: nothing-read
}

func oneLine() uint64 { var m runtime.MemStats; runtime.ReadMemStats(&m); return m.Sys } // advice: layout

func commentInside() uint64 {
	var m /* all of it */ runtime.MemStats
	runtime.ReadMemStats(&m) // advice: layout
	return m.Sys
}

func commentInExpression() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: layout
	return m. /* what was asked for */ Sys
}

func oneLineLiteral() {
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.Sys > 0 { // advice: layout
		defer func() { log.Println(m.HeapInuse, m.HeapInuse/2, m.HeapIdle) }()
	}
}

func hidden(uint32 func(uint64) uint32) uint32 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: not-nameable
	return m.NumGC
}

// No calls of the function.

type fake struct{}

func (fake) ReadMemStats(*runtime.MemStats) {}

func notCalled(runtime fake) {
	runtime.ReadMemStats(nil)
}

func asValue() {
	read := runtime.ReadMemStats
	var m runtime.MemStats
	read(&m)
	go runtime.ReadMemStats(&m)
}

func liveBytes() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // keeps: after-collection
	return m.HeapAlloc
}

func retained(build func() any) uint64 {
	runtime.GC()
	before := liveBytes()
	built := build()
	runtime.GC()
	after := liveBytes()
	runtime.KeepAlive(built)
	return after - before
}

func carriedOver(work func(), grown func(now, last uint64) int64) {
	var last uint64
	for range 3 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // keeps: difference
		log.Println(grown(m.HeapAlloc, last))
		last = m.HeapAlloc
		work()
	}
}
