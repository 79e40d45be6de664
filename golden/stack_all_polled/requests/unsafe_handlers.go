// Package requests dumps all goroutines for each request.
package requests

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/pprof"
)

func serve(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }

func handleRequest(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // all goroutines, every request
	slog.Debug("stacks", "text", string(buf[:n]))
	serve(w, r)
}

func parsed(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}

	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	log.Printf("%s %s\n%s", r.Method, r.URL, stacks)

	v := r.FormValue("v")
	fmt.Fprintln(w, v)
	serve(w, r)
}

func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true)
		log.Print(string(buf[:n]))
		next.ServeHTTP(w, r)
	})
}

func logged(w http.ResponseWriter, r *http.Request) {
	pprof.Lookup("goroutine").WriteTo(log.Writer(), 2)
	serve(w, r)
}

func healthz(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 1<<16)
	n := runtime.Stack(buf, true) // advice: health-check
	fmt.Fprintf(w, "ok\n%s", buf[:n])
}

func recovering(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			log.Print(v)
		}
	}()
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // advice: recovers
	log.Print(string(buf[:n]))
	serve(w, r)
}

func atTheEnd(w http.ResponseWriter, r *http.Request) {
	serve(w, r)
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true) // advice: odd-shape
	log.Print(string(buf[:n]))
}
