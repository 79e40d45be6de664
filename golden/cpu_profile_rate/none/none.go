// Package none starts no profile.
package none

import (
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
)

// pprof.StartCPUProfile is called by the page.
func serve() {
	runtime.SetCPUProfileRate(1000) // advice: no-start
	log.Fatal(http.ListenAndServe("localhost:6060", nil))
}
