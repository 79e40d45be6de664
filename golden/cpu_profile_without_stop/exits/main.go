package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func work() error { return nil }

func main() {
	f, err := os.Create("cpu.pprof")
	check(err)
	check(pprof.StartCPUProfile(f)) // advice: exit-skips-it
	check(work())
}
