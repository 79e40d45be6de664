package main

import (
	"os"
	. "runtime/pprof"
)

func main() {
	StopCPUProfile := os.Stdout
	StartCPUProfile(StopCPUProfile) // advice: not-nameable
}
