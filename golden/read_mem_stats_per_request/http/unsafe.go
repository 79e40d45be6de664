// Package http has several handlers, which share one snapshot.
package http

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
)

type server struct{ limit uint64 }

// SRC 13.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// What the heap holds.
	var m runtime.MemStats
	runtime.ReadMemStats(&m)

	if m.HeapAlloc > s.limit {
		http.Error(w, "too much", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, m.HeapInuse, (m.NumGC), (&m).Sys)
}

// OPT 1.
func metricsMiddleware(next http.Handler) http.Handler {
	type key string
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // STW pause every request
		r = r.WithContext(context.WithValue(r.Context(), key("heap"), m.HeapAlloc))
		next.ServeHTTP(w, r)
	})
}

func routes(mux *http.ServeMux) {
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		stats := new(runtime.MemStats)
		if w.Header().Get("quiet") != "" {
			return
		}
		runtime.ReadMemStats(stats)
		defer func() {
			fmt.Fprintln(w, stats.Mallocs, stats.Mallocs-stats.Frees)
		}()
		fmt.Fprintln(w, (*stats).StackSys)
	})
}
