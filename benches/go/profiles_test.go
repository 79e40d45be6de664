package evidence

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"testing"
	"time"
)

// sleepers keeps so many goroutines waiting until the function that it returns
// is called.
func sleepers(n int) (wake func()) {
	gate := make(chan struct{})
	var started sync.WaitGroup
	started.Add(n)
	for range n {
		go func() {
			started.Done()
			<-gate
		}()
	}
	started.Wait()
	return func() { close(gate) }
}

// contend has two goroutines hand each other a lock that makes them block.
func contend(b *testing.B) {
	ready, done := make(chan struct{}), make(chan struct{})
	go func() {
		for range ready {
			done <- struct{}{}
		}
		close(done)
	}()
	for b.Loop() {
		ready <- struct{}{}
		<-done
	}
	close(ready)
	<-done
}

// recorded works for a while under a CPU profile that prepare has a say in, and
// gives the share of that time that the profile accounts for.
func recorded(b *testing.B, prepare func()) float64 {
	var profile bytes.Buffer
	prepare()
	if err := pprof.StartCPUProfile(&profile); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for time.Since(start) < 500*time.Millisecond {
		sinkUint64 = spin(1)
	}
	wall := time.Since(start)
	pprof.StopCPUProfile()
	unzipped, err := gzip.NewReader(&profile)
	if err != nil {
		b.Fatal(err)
	}
	proto, err := io.ReadAll(unzipped)
	if err != nil {
		b.Fatal(err)
	}
	return float64(nanoseconds(proto)) / float64(wall)
}

// nanoseconds adds up the second value of each sample of a profile in the
// format of github.com/google/pprof/proto: field 2 of the message holds the
// samples, field 2 of a sample its values, one by one when they are so few.
func nanoseconds(profile []byte) (total uint64) {
	fields(profile, func(number, _ uint64, sample []byte) {
		if number != 2 {
			return
		}
		seen := 0
		fields(sample, func(number, value uint64, _ []byte) {
			if number == 2 {
				if seen++; seen == 2 {
					total += value
				}
			}
		})
	})
	return total
}

// fields calls visit with each number and each piece of bytes of a message.
func fields(message []byte, visit func(number, value uint64, bytes []byte)) {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		message = message[n:]
		value, n := binary.Uvarint(message)
		message = message[n:]
		if key&7 == 2 {
			visit(key>>3, 0, message[:value])
			message = message[value:]
		} else {
			visit(key>>3, value, nil)
		}
	}
}

// record profiles so much work and gives the size of the profile.
func record(b *testing.B, stop bool) float64 {
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		b.Fatal(err)
	}
	for range 50_000 {
		sinkUint64 = spin(1)
	}
	if stop {
		pprof.StopCPUProfile()
	}
	size := profile.Len()
	pprof.StopCPUProfile()
	return float64(size)
}

// traced gives the size of a trace over twice as many messages as a window holds.
func traced(b *testing.B, bounded bool) float64 {
	var out bytes.Buffer
	if err := trace.Start(&out); err != nil {
		b.Fatal(err)
	}
	defer trace.Stop()
	messages := make(chan int)
	go func() {
		for range 200_000 {
			messages <- 1
		}
		close(messages)
	}()
	seen := 0
	for range messages {
		if seen++; bounded && seen == 20_000 {
			trace.Stop()
		}
	}
	trace.Stop()
	return float64(out.Len()) / (1 << 20)
}

// endpoints counts the profile pages that a handler serves.
func endpoints(mux *http.ServeMux) float64 {
	found := 0
	for _, page := range []string{"", "cmdline", "profile", "symbol", "trace"} {
		request, err := http.NewRequest(http.MethodGet, "/debug/pprof/"+page, nil)
		if err != nil {
			panic(err)
		}
		if _, pattern := mux.Handler(request); pattern != "" {
			found++
		}
	}
	return float64(found)
}

//go:noinline
func logAt() uintptr {
	pc, _, _, _ := runtime.Caller(1)
	return pc
}

//go:noinline
func logPlain() uintptr { return 1 }

// deep captures a stack of a hundred frames.
func deep(depth int, capture func() []byte) []byte {
	if depth == 0 {
		return capture()
	}
	return deep(depth-1, capture)
}

func BenchmarkProfiles(b *testing.B) {
	// How much of a second of work stands in the profile.
	pair(b, "cpu-profile-rate", func(b *testing.B) {
		count(b, recorded(b, func() { runtime.SetCPUProfileRate(10_000) }), "s-recorded/s")
	}, func(b *testing.B) {
		count(b, recorded(b, func() {}), "s-recorded/s")
	})
	pair(b, "block-profile-rate", func(b *testing.B) {
		runtime.SetBlockProfileRate(1)
		defer runtime.SetBlockProfileRate(0)
		contend(b)
	}, func(b *testing.B) {
		runtime.SetBlockProfileRate(10_000)
		defer runtime.SetBlockProfileRate(0)
		contend(b)
	})
	pair(b, "stack-all-polled", func(b *testing.B) {
		defer sleepers(1000)()
		buffer := make([]byte, 1<<20)
		for b.Loop() {
			sinkInt = runtime.Stack(buffer, true)
		}
	}, func(b *testing.B) {
		defer sleepers(1000)()
		buffer := make([]byte, 1<<20)
		for b.Loop() {
			if runtime.NumGoroutine() > 10_000 {
				sinkInt = runtime.Stack(buffer, true)
			}
		}
	})
	// How much is kept of the stack of a hundred calls.
	pair(b, "stack-fixed-buffer", func(b *testing.B) {
		kept := deep(100, func() []byte {
			buffer := make([]byte, 1024)
			return buffer[:runtime.Stack(buffer, false)]
		})
		count(b, float64(len(kept)), "bytes-kept")
	}, func(b *testing.B) {
		kept := deep(100, debug.Stack)
		count(b, float64(len(kept)), "bytes-kept")
	})
	pair(b, "trace-always-on", func(b *testing.B) {
		if err := trace.Start(io.Discard); err != nil {
			b.Fatal(err)
		}
		defer trace.Stop()
		contend(b)
	}, contend)
	pair(b, "trace-without-stop", func(b *testing.B) {
		count(b, traced(b, false), "MiB-trace")
	}, func(b *testing.B) {
		count(b, traced(b, true), "MiB-trace")
	})
	pair(b, "cpu-profile-without-stop", func(b *testing.B) {
		count(b, record(b, false), "bytes-profile")
	}, func(b *testing.B) {
		count(b, record(b, true), "bytes-profile")
	})
	pair(b, "unbounded-profile-file", func(b *testing.B) {
		count(b, traced(b, false), "MiB-trace")
	}, func(b *testing.B) {
		count(b, traced(b, true), "MiB-trace")
	})
	pair(b, "caller-in-log-path", func(b *testing.B) {
		for b.Loop() {
			pc := logAt()
			frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
			sinkString = frame.File
		}
	}, func(b *testing.B) {
		for b.Loop() {
			logPlain()
			sinkString = ""
		}
	})
	pair(b, "pprof-on-default-mux", func(b *testing.B) {
		count(b, endpoints(http.DefaultServeMux), "profile-pages")
	}, func(b *testing.B) {
		count(b, endpoints(http.NewServeMux()), "profile-pages")
	})
}
