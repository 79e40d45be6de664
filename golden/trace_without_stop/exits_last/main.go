package main

import (
	"os"
	"runtime/trace"
)

func main() {
	f, err := os.Create("trace.out")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if err := trace.Start(f); err != nil { // advice: exit-skips-it
		panic(err)
	}
	println("working")
	os.Exit(1)
}
