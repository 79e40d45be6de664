package numgoroutine

import (
	"fmt"
	"net/http"
	"runtime"
)

func sheds(w http.ResponseWriter, r *http.Request) {
	if runtime.NumGoroutine() > 10_000 { // advice: measures-load
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func shedsLater(w http.ResponseWriter, r *http.Request) {
	n := runtime.NumGoroutine() // advice: measures-load
	if float64(n) >= 0.9*1000 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func wraps(limit int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if limit < runtime.NumGoroutine() { // advice: measures-load
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A status page shows the number, which is what it is for.
func status(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "goroutines", runtime.NumGoroutine())
}

// No handler.
func watch(alarm func()) {
	if runtime.NumGoroutine() > 10_000 {
		alarm()
	}
}

func benchServe(w http.ResponseWriter, r *http.Request) {
	if runtime.NumGoroutine() > 10_000 { // keeps: test-code
		return
	}
}

type runtimes struct{}

func (runtimes) NumGoroutine() int { return 0 }

func another(w http.ResponseWriter, r *http.Request) {
	var runtime runtimes
	if runtime.NumGoroutine() > 1 {
		return
	}
}

// Looks for leaks, not for load.
func watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := runtime.NumGoroutine()
		next.ServeHTTP(w, r)
		if after := runtime.NumGoroutine(); after > before {
			println("leaked", after-before)
		}
	})
}

func shedsByVariable(w http.ResponseWriter, r *http.Request) {
	var n = runtime.NumGoroutine() // advice: measures-load
	if n > 10_000 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// Many goroutines are a leak there.
func healthz(w http.ResponseWriter, r *http.Request) {
	if runtime.NumGoroutine() > 10_000 { // keeps: health-check
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, r *http.Request) {
		if runtime.NumGoroutine() > 10_000 { // keeps: health-check
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /deliver", func(w http.ResponseWriter, r *http.Request) {
		if runtime.NumGoroutine() > 10_000 { // advice: measures-load
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}
