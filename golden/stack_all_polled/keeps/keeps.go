// Package keeps dumps all goroutines for a reason.
package keeps

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"time"
)

var debugStacks bool

func threshold() {
	buf := make([]byte, 1<<20)
	for range time.Tick(30 * time.Second) {
		if runtime.NumGoroutine() > 100000 {
			n := runtime.Stack(buf, true) // keeps: on-condition
			log.Printf("spike:\n%s", buf[:n])
		}
	}
}

func earlyExit(stuck func() bool) {
	buf := make([]byte, 1<<20)
	for range time.Tick(30 * time.Second) {
		if !stuck() {
			continue
		}
		n := runtime.Stack(buf, true) // keeps: on-condition
		log.Printf("stuck:\n%s", buf[:n])
	}
}

func behindFlag() {
	if !debugStacks {
		return
	}
	go func() {
		for range time.Tick(time.Second) {
			pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) // keeps: on-condition
		}
	}()
}

func seldom(w io.Writer) {
	for {
		pprof.Lookup("goroutine").WriteTo(w, 2) // keeps: seldom
		time.Sleep(5 * time.Minute)
	}
}

func cheap(w io.Writer) {
	for range time.Tick(10 * time.Second) {
		pprof.Lookup("goroutine").WriteTo(w, 0) // keeps: pauses-microseconds
	}
}

// A watchdog that dumps when nothing happened in time.
func watchdog(progress <-chan struct{}) {
	buf := make([]byte, 1<<20)
	for {
		select {
		case <-progress:
		case <-time.After(10 * time.Second):
			n := runtime.Stack(buf, true) // keeps: timeout
			log.Printf("no progress:\n%s", buf[:n])
		}
	}
}

func goroutines(w http.ResponseWriter, _ *http.Request) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // keeps: debug-endpoint
	w.Write(buf[:n])
}

func status(w http.ResponseWriter, _ *http.Request) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // keeps: debug-endpoint
	text := string(buf[:n])
	io.WriteString(w, text)
}

func routes(mux *http.ServeMux) {
	mux.HandleFunc("/debug/state", func(w http.ResponseWriter, r *http.Request) {
		var all bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&all, 2) // keeps: debug-endpoint
		log.Print(all.String())
	})
	mux.HandleFunc("/state", func(w http.ResponseWriter, r *http.Request) {
		pprof.Lookup("goroutine").WriteTo(w, 2) // keeps: debug-endpoint
	})
}

func failed(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // keeps: on-condition
		log.Print(string(buf[:n]))
	}
}

func testLeaks() {
	for {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // keeps: test-code
		log.Print(string(buf[:n]))
		time.Sleep(time.Second)
	}
}

// No findings: a signal, a panic, the end, a few rounds, one goroutine.
func others() {
	defer func() {
		if v := recover(); v != nil {
			buf := make([]byte, 1<<20)
			n := runtime.Stack(buf, true)
			log.Print(v, string(buf[:n]))
		}
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals)
	buf := make([]byte, 1<<20)
	go func() {
		for range signals {
			n := runtime.Stack(buf, true)
			os.Stderr.Write(buf[:n])
		}
	}()
	go func() {
		ticker := time.NewTicker(time.Second)
		for {
			select {
			case <-ticker.C:
				log.Print("alive")
			case <-signals:
				pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
			}
		}
	}()
	for i := 0; i < 3; i++ {
		n := runtime.Stack(buf, true)
		os.Stderr.Write(buf[:n])
		time.Sleep(time.Second)
	}
	for {
		time.Sleep(time.Second)
		n := runtime.Stack(buf, false)
		os.Stderr.Write(buf[:n])
		pprof.Lookup("heap").WriteTo(os.Stderr, 2)
	}
}

func lastWords() {
	for {
		time.Sleep(10 * time.Second)
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
		os.Exit(1)
	}
}
