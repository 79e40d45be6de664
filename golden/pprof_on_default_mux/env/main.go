package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: address-not-in-code
	"os"
)

func main() {
	if addr := os.Getenv("PROFILER"); addr != "" {
		go func() { log.Print(http.ListenAndServe(addr, nil)) }()
	}
	select {}
}
