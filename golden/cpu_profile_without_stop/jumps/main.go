package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	turns := 0
again:
	fmt.Println("turn", turns)
	pprof.StartCPUProfile(os.Stdout) // advice: in-loop
	if turns++; turns < 3 {
		goto again
	}
}
