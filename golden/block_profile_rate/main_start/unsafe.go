package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
	rt "runtime"
)

func main() {
	rt.SetBlockProfileRate(1) // for observability
	setup()
	log.Fatal(http.ListenAndServe("localhost:6060", nil))
}

func setup() {
	rt.SetMutexProfileFraction(1) // advice: mutex-fraction
}
