package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: address-not-in-code
	"os"
)

type settings struct{ metricsAddr string }

// Whoever asks for metrics does not ask for profiles.
func (s settings) serve() {
	if s.metricsAddr != "" {
		log.Print(http.ListenAndServe(s.metricsAddr, nil))
	}
}

func main() { load().serve() }

func load() settings { return settings{metricsAddr: os.Getenv("METRICS")} }
