package main

import (
	"net/http"
	"runtime/debug"
)

var old = debug.SetGCPercent(200)

func init() {
	debug.SetMaxThreads(20_000)
}

func main() {
	debug.SetMemoryLimit(1 << 30)
	setUp()
	http.HandleFunc("/", serve)
}

func setUp() {
	debug.SetGCPercent(100)
	deeper()
}

func deeper() {
	debug.SetGCPercent(100) // advice: mid-process
}

func serve(http.ResponseWriter, *http.Request) {
	debug.SetGCPercent(old) // advice: mid-process
}
