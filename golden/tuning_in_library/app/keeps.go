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
	(&program{}).limit()
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

type program struct{}

func (*program) limit() {
	debug.SetMaxThreads(30_000)
}

func (*program) main() {
	debug.SetMaxThreads(30_000) // advice: mid-process
}

type command struct{ RunE func() error }

func root() *command {
	return &command{RunE: work}
}

func work() error {
	debug.SetMaxThreads(30_000)
	return nil
}
