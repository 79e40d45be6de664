//go:build linux && profiling

package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: opt-in-build
)

func main() {
	log.Fatal(http.ListenAndServe(":6060", nil))
}
