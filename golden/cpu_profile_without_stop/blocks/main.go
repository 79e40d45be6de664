package main

import (
	"os"
	"runtime/pprof"
)

func main() {
	if os.Getenv("PROFILE") != "" {
		pprof.StartCPUProfile(os.Stderr) // advice: never-returns
	}
	run()
}

func run() {
	println("working")
	select {}
}
