package read_mem_stats

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
)

type process struct{ RSS uint64 }

func memoryInfo() (*process, error) { return &process{}, nil }

type report struct {
	MemoryUsageMiB int
	RSSMiB         int
}

// One field, one sample.
func heapAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Every way to declare it.
func literal() {
	stats := runtime.MemStats{}
	runtime.ReadMemStats(&stats)
	fmt.Println(stats.Sys)
}

func pointer() {
	stats := &runtime.MemStats{}
	runtime.ReadMemStats(stats)
	fmt.Println(stats.Sys, (*stats).HeapSys)
}

func made() {
	stats := new(runtime.MemStats)
	runtime.ReadMemStats(stats)
	fmt.Println(stats.NumGC)
}

func value() {
	var stats = runtime.MemStats{}
	runtime.ReadMemStats((&stats))
	fmt.Println((stats).NextGC, (&stats).GCSys)
}

func typed() {
	var stats *runtime.MemStats = new(runtime.MemStats)
	runtime.ReadMemStats(stats)
	fmt.Println(stats.NextGC)
}

// Sums keep their precedence, and gofmt's spacing.
func sums(limit uint64) float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	inUse := m.HeapInuse
	kib := m.HeapInuse / 1024
	share := float64(m.HeapInuse) / float64(m.HeapSys)
	fmt.Println("idle", m.HeapIdle, m.HeapIdle/1024, m.HeapIdle-m.HeapReleased, (m.HeapIdle-m.HeapReleased)/1024)
	fmt.Println(m.StackSys)
	if m.HeapInuse > limit && m.MSpanSys+m.MCacheSys < 1<<20 {
		log.Println(kib, inUse, ^m.HeapIdle, share > 0.5)
	}
	return share
}

// Each of these is used once, or where no name would reach it.
func sumsOnce(limit uint64) bool {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > limit && m.MSpanSys+m.MCacheSys < 1<<20 {
		fmt.Println("idle", m.HeapIdle/1024, 1<<20-m.StackSys)
	}
	runtime.ReadMemStats(&m)
	return m.HeapInuse+limit > 2*m.HeapSys
}

func sumInLiteral() {
	var m runtime.MemStats
	for range 2 {
		runtime.ReadMemStats(&m)
		heapInuse := "taken"
		defer func() { log.Println(heapInuse, m.StackInuse) }()
		defer func() {
			log.Println(heapInuse, m.HeapInuse, m.HeapInuse/2, m.HeapIdle)
		}()
		log.Println(m.HeapIdle, m.HeapIdle, m.StackSys, m.StackSys, m.MSpanSys)
		log.Println(m.MSpanSys)
	}
}

func sumBesideComment() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // each time
	return m.HeapInuse + m.HeapInuse/2
}

// The types stay what they were.
func types() (uint32, string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.NumGC > 0 {
		return m.NumGC - m.NumForcedGC, fmt.Sprintf("%T %T", m.NumGC, m.Alloc)
	}
	cycles := m.NumGC
	return cycles, ""
}

// Printed counters, of which those of tiny objects are a part.
func counters(out *log.Logger) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	log.Printf("%d allocated, %d times, %d freed, %d live", m.TotalAlloc, m.Mallocs, m.Frees, m.Mallocs-m.Frees)
	out.Printf("%.1f MiB", float64(m.TotalAlloc)/1024/1024)
}

// What lives is a gauge, whoever gets it.
func live() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs - m.Frees
}

func liveTwice() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return 2 * (m.Mallocs - m.Frees)
}

// Labelled: syncthing, lib/api/api.go.
func getSystemStatus(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)

	res := make(map[string]any)
	res["alloc"] = m.Alloc
	res["sys"] = m.Sys - m.HeapReleased
	fmt.Fprintln(w, res)
}

// Labelled: syncthing, lib/ur/usage_report.go: the inner mem is another thing.
func usage() *report {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)

	report := new(report)
	report.MemoryUsageMiB = int((mem.Sys - mem.HeapReleased) / 1024 / 1024)
	if mem, err := memoryInfo(); err == nil {
		report.RSSMiB = int(mem.RSS / 1024 / 1024)
	}
	return report
}

// Read again at each turn.
func watch(stop <-chan struct{}, tick <-chan struct{}) {
	var m runtime.MemStats
	for {
		select {
		case <-stop:
			return
		case <-tick:
			runtime.ReadMemStats(&m) // for the log
			log.Println(m.HeapAlloc, m.NumGC)
			if m.HeapAlloc > 1<<30 {
				log.Println("large")
			}
		}
	}
}

// Read twice, without a difference.
func twice() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("before", m.HeapObjects)
	os.Stdout.Sync()
	runtime.ReadMemStats(&m)
	fmt.Println("after", m.HeapObjects)
}

// A collection afterwards does not make the statistics before it exact.
func relieve(limit uint64) {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m)
	if m.HeapAlloc > limit {
		runtime.GC()
	}
}

// Deferred and immediate literals run in the function, behind the reading.
func literals() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	defer func() {
		log.Println(m.Sys)
	}()
	defer log.Println(m.HeapReleased)
	func() {
		log.Println(m.OtherSys, m.BuckHashSys)
	}()
}

// The read in an initializer.
func initializer(limit uint64) bool {
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc > limit {
		return true
	}
	switch runtime.ReadMemStats(&m); {
	case m.Sys > limit:
		return true
	}
	return m.HeapSys > limit
}

// One name in two scopes; each gets its samples.
func routes(mux *http.ServeMux) {
	mux.HandleFunc("/heap", func(w http.ResponseWriter, r *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintln(w, m.HeapAlloc)
	})
	mux.HandleFunc("/stack", func(w http.ResponseWriter, r *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintln(w, m.StackInuse, m.StackSys)
	})
	mux.HandleFunc("/collect", func(http.ResponseWriter, *http.Request) {
		runtime.GC()
	})
}

// The names that would be written are taken.
func taken(samples []int) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	memSamples := len(samples)
	fmt.Println(m.Alloc, memSamples)
}

// A difference of two values of one reading is no difference of moments.
func sameMoment() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	sys, released := m.Sys, m.HeapReleased
	const reserve = 1 << 20
	held := sys - released
	return held - reserve
}

// Generic code is code.
func least[T ~uint64](limit T) T {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return min(limit, T(m.HeapSys))
}

// Comments beside the lines stay, and stay aligned.
func commented() map[string]uint64 {
	var m runtime.MemStats // the statistics
	// Now that all is set up.
	runtime.ReadMemStats(&m) // now

	alloc := m.Alloc // in use
	sys := m.Sys     // what was asked for
	total := sys     // the same
	return map[string]uint64{
		"alloc":      alloc,           // first
		"heap_inuse": m.HeapInuse,     // second
		"max":        max(total, sys), // third
	}
}

// The runtime's own idioms: what cancels is not read.
func free() uint64 {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	idle := ms.HeapIdle - ms.HeapReleased
	return idle
}

func freeKiB() uint64 {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	return (ms.HeapIdle - ms.HeapReleased) / 1024
}

func cancelled(limit uint64, scale func(uint64) uint64) {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Println(ms.HeapSys-ms.HeapIdle, float64(ms.HeapSys-ms.HeapInuse)/1024)
	log.Println(float64(ms.HeapIdle)-float64(ms.HeapReleased), ms.HeapInuse-ms.HeapAlloc > limit)
	log.Println(int64(ms.HeapSys)-int64(ms.HeapAlloc), limit+(ms.HeapSys-ms.HeapIdle), ms.HeapSys-ms.HeapReleased)
	log.Println(ms.HeapSys-(ms.HeapIdle+ms.HeapAlloc), scale(ms.StackSys-ms.StackInuse)+(ms.MSpanSys-ms.MSpanInuse))
}

func cancelledOnce() (uint64, int64, float64) {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	return ms.HeapSys - ms.HeapIdle, int64(ms.HeapIdle - ms.HeapReleased), float64(ms.HeapSys) - float64(ms.HeapIdle)
}

// Nothing of one cancels here: rounding, another factor, a float32.
func apart() (uint64, uint64, float32) {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	return ms.HeapIdle/1024 - ms.HeapReleased/1024, 2*ms.HeapIdle - ms.HeapReleased, float32(ms.HeapIdle) - float32(ms.HeapReleased)
}

func negative() int64 {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	return int64(ms.HeapAlloc) - int64(ms.HeapInuse)
}

// What is declared has a name already.
func declared() {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	sys, next := ms.Sys, ms.NextGC
	cycles := int(ms.NumGC)
	fmt.Println(sys, next, cycles, ms.GCSys, ms.MSpanSys-ms.MSpanInuse, ms.MCacheInuse)
	defer func() { fmt.Println(ms.GCSys) }()
}

// Each reading sets what is used behind it.
func twiceNamed(heapAlloc string) {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Println(heapAlloc, ms.HeapAlloc, ms.Sys, ms.NumGC)
	runtime.ReadMemStats(&ms)
	fmt.Println(ms.HeapAlloc, ms.StackInuse, ms.NumGC)
}

// A literal that runs behind the second reading sees what that gave.
func twiceInLiteral() {
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	defer func() { fmt.Println(ms.HeapAlloc, ms.Sys, ms.NextGC) }()
	runtime.ReadMemStats(&ms)
	fmt.Println(ms.HeapAlloc)
}
