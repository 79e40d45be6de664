package tuninginlibrary

import (
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
)

var threads = debug.SetMaxThreads(20_000) // advice: not-main

func init() {
	debug.SetGCPercent(400) // advice: not-main
}

func NewCache(size int) []byte {
	runtime.GOMAXPROCS(8)          // advice: not-main
	debug.SetMemoryLimit(1 << 30)  // advice: not-main
	debug.SetGCPercent(size / 100) // advice: not-main
	return make([]byte, size)
}

func asks() (int, int, int64) {
	return runtime.GOMAXPROCS(0), runtime.GOMAXPROCS(-1), debug.SetMemoryLimit(-1)
}

func restores(load func()) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // keeps: restores
	load()
}

func restoresByLiteral(load func()) {
	old := runtime.GOMAXPROCS(1) // keeps: restores
	defer func() { runtime.GOMAXPROCS(old) }()
	load()
}

// SetMaxProcs says what it sets.
func SetMaxProcs(n int) {
	runtime.GOMAXPROCS(n) // keeps: is-the-purpose
}

func tuneGC(percent int) {
	debug.SetGCPercent(percent) // keeps: is-the-purpose
}

func helper(b *testing.B) {
	runtime.GOMAXPROCS(2) // keeps: test-code
}

func value() func(int) int { return runtime.GOMAXPROCS }

func setsBack(load func()) {
	old := runtime.GOMAXPROCS(1) // keeps: restores
	load()
	runtime.GOMAXPROCS(old)
}

func setsAnother(load func()) int {
	old := debug.SetGCPercent(50) // advice: not-main
	load()
	debug.SetGCPercent(100) // advice: not-main
	return old
}

// A request brings the value, or only starts it.
func ops(mux *http.ServeMux) {
	mux.HandleFunc("/percent", func(w http.ResponseWriter, r *http.Request) {
		percent, err := strconv.Atoi(r.FormValue("percent"))
		if err == nil {
			debug.SetGCPercent(percent) // keeps: asked-for
		}
	})
	mux.HandleFunc("/load", func(w http.ResponseWriter, r *http.Request) {
		debug.SetGCPercent(50) // advice: not-main
	})
}
