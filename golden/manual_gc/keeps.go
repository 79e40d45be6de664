package manual_gc

import (
	"bytes"
	"errors"
	"expvar"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"sync"
	"syscall"
	"testing"
	"time"
)

func stats() uint64 {
	var m runtime.MemStats
	runtime.GC() // keeps: reads-heap-state
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func profiles(w *bytes.Buffer) {
	runtime.GC() // keeps: reads-heap-state
	_ = pprof.WriteHeapProfile(w)
}

func lookup(w *bytes.Buffer) {
	runtime.GC() // keeps: reads-heap-state
	_ = pprof.Lookup("allocs").WriteTo(w, 0)
}

func dump(fd uintptr) {
	runtime.GC() // keeps: reads-heap-state
	debug.WriteHeapDump(fd)
}

func sampled(samples []metrics.Sample) {
	runtime.GC() // keeps: reads-heap-state
	metrics.Read(samples)
}

// The profile is written by a function that was deferred before.
func deferred(w *bytes.Buffer) {
	defer func() { _ = pprof.WriteHeapProfile(w) }()
	runtime.GC() // keeps: reads-heap-state
}

func callee() {
	runtime.GC() // keeps: reads-heap-state
	fmt.Println(stats())
}

func settle() {
	time.Sleep(time.Millisecond)
	runtime.GC() // keeps: reads-heap-state
}

func caller(s *expvar.Int) {
	settle()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.Set(int64(m.HeapInuse))
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
var bufferPool = &buffers

func clears() any {
	b := bufferPool.Get()
	bufferPool.Put(b)
	runtime.GC() // keeps: drives-finalizers
	return bufferPool.Get()
}

func keptAlive(x *int) {
	runtime.GC() // keeps: drives-finalizers
	runtime.KeepAlive(x)
}

func timed() time.Duration {
	start := time.Now()
	runtime.GC() // keeps: measures
	return time.Since(start)
}

func compare(work func()) time.Duration {
	runtime.GC() // keeps: measures
	start := time.Now()
	work()
	return time.Since(start)
}

func ForceGC() {
	runtime.GC() // keeps: is-the-feature
}

func collectGarbage() { runtime.GC() } // keeps: is-the-feature

func routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /debug/gc", func(w http.ResponseWriter, _ *http.Request) {
		runtime.GC() // keeps: is-the-feature
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /memory", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("gc") != "" {
			runtime.GC() // keeps: is-the-feature
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

var commands = map[string]func(){
	"collect": func() { runtime.GC() }, // keeps: is-the-feature
	"list":    func() { fmt.Println("none") },
}

type command struct {
	use string
	run func()
}

var gcCommand = command{use: "tidy", run: func() { runtime.GC() }} // keeps: is-the-feature

func evaluate(line string, forceGC bool) {
	switch line {
	case "gc":
		fmt.Println("collecting")
		runtime.GC() // keeps: is-the-feature
	case "quit":
		if forceGC {
			runtime.GC() // keeps: is-the-feature
		}
		os.Exit(0)
	}
}

type collector struct{}

func (*collector) run() {
	fmt.Println("run")
	runtime.GC() // keeps: is-the-feature
}

func listen() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP, syscall.SIGTERM)
	for s := range c {
		switch s {
		case syscall.SIGHUP:
			fmt.Println("hangup")
			runtime.GC() // keeps: is-the-feature
		}
	}
}

// Counterexample 22: descriptors are closed by finalizers.
func open(name string) (*os.File, error) {
	f, err := os.Open(name)
	if errors.Is(err, syscall.EMFILE) {
		runtime.GC() // keeps: retries
		f, err = os.Open(name)
	}
	return f, err
}

func again(try func() error) error {
	err := try()
	if err != nil {
		runtime.GC() // keeps: retries
		err = try()
	}
	return err
}

func limit(rss, most uint64) {
	if rss > most {
		fmt.Println("too much")
		runtime.GC() // keeps: memory-pressure
	}
}

func hasMemory() bool { return false }

func evictUntilEnough(steps []func()) bool {
	for _, step := range steps {
		if hasMemory() {
			return true
		}
		step()
		runtime.GC() // keeps: memory-pressure
	}
	return false
}

func releaseMemory(step func()) {
	step()
	runtime.GC() // keeps: is-the-feature
}

var signals = map[string]func(){
	"gc": runtime.GC, // keeps: is-the-feature
}

func deferredToo(w *bytes.Buffer) {
	defer runtime.GC() // keeps: reads-heap-state
	_ = pprof.WriteHeapProfile(w)
}

func replace(argv []string) error {
	runtime.GC() // keeps: before-exec
	return syscall.Exec(argv[0], argv, os.Environ())
}

func thorough() {
	fmt.Println("thorough")
	runtime.GC() // keeps: repeats
	runtime.GC() // keeps: repeats
}

func several() {
	for i := 0; i < 5; i++ {
		runtime.GC() // keeps: repeats
	}
}

func until(gone func() bool) {
	for !gone() {
		runtime.GC() // keeps: repeats
		time.Sleep(time.Millisecond)
	}
	for {
		if gone() {
			break
		}
		runtime.GC() // keeps: repeats
	}
}

func waits(gone <-chan bool) {
	for range 10 {
		select {
		case <-gone:
			return
		default:
			runtime.GC() // keeps: repeats
		}
	}
}

func onDemand(asked <-chan struct{}) {
	for range asked {
		runtime.GC() // keeps: repeats
	}
}

func init() {
	fmt.Println("loaded")
	runtime.GC() // keeps: runs-once
}

func sometimes(marks []bool, i int) {
	fmt.Println(i)
	if marks[i] {
		runtime.GC() // keeps: condition-may-panic
	}
}

func label(i int) {
	fmt.Println(i)
end:
	runtime.GC() // keeps: in-slot
	if i++; i < 2 {
		goto end
	}
}

func Check(t testing.TB) {
	t.Helper()
	runtime.GC() // keeps: test-code
}

func measureAll() {
	fmt.Println("all")
	runtime.GC() // keeps: measures
}

type region struct {
	mu      sync.Mutex
	places  map[string][]byte
	onEvict func(string)
}

// What was kept is collected before the next is loaded.
func (r *region) reload(load func() map[string][]byte) {
	r.places = nil
	runtime.GC() // keeps: after-release
	r.places = load()
}

func (r *region) unload() {
	r.mu.Lock()
	r.places, r.onEvict = nil, nil
	r.mu.Unlock()
	// Now nothing holds them.
	runtime.GC() // keeps: after-release
}

func (r *region) OnEvicted(key string) {
	fmt.Println("evicted", key)
	runtime.GC() // keeps: evicts
}

func newRegion() *region {
	r := &region{onEvict: func(key string) {
		fmt.Println(key)
		runtime.GC() // keeps: evicts
	}}
	r.onEvict = func(key string) {
		fmt.Println("again", key)
		runtime.GC() // keeps: evicts
	}
	return r
}

func (r *region) convert(flags *flag.FlagSet, args []string) {
	fmt.Println(flags.NArg(), args)
	runtime.GC() // keeps: runs-once
	fmt.Println("converted")
}

// finish runs a collection so that the finalizers, which look for leaks, get their turn.
func finish(checks bool) {
	if checks {
		runtime.GC() // keeps: drives-finalizers
	}
}

func finishLeaks(checks bool) {
	println("leaks")
	// The finalizers report what was lost.
	runtime.GC() // keeps: drives-finalizers
	println(checks)
}

// Whoever sends the signal asks for it.
func onSignal(log func(string)) {
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGHUP)
		for range signals {
			runtime.GC() // keeps: is-the-feature
			log("collected")
		}
	}()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	for {
		<-hup
		log("hangup")
		runtime.GC() // keeps: is-the-feature
	}
}

type operator struct {
	signals chan os.Signal
	done    chan struct{}
}

func (o *operator) serve(log func(string)) {
	for {
		select {
		case <-o.signals:
			log("asked")
			runtime.GC() // keeps: is-the-feature
		case <-o.done:
			return
		}
	}
}

// What was given is let go of while it is read, for the sake of the memory.
func takes(parts [][]byte, parse func([]byte) error) error {
	defer runtime.GC() // keeps: after-release
	for i, part := range parts {
		parts[i] = nil
		if err := parse(part); err != nil {
			return err
		}
	}
	return nil
}
