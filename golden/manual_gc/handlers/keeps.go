// Package handlers has a handler that collects and nothing else.
package handlers

import (
	"fmt"
	"net/http"
	"runtime"
)

func trim(w http.ResponseWriter, _ *http.Request) {
	runtime.GC() // keeps: is-the-feature
	w.WriteHeader(http.StatusNoContent)
}

var literal = func(w http.ResponseWriter, _ *http.Request) {
	runtime.GC() // keeps: is-the-feature
	fmt.Fprintln(w, "done")
}
