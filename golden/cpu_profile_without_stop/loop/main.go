package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

func main() {
	for i := range 3 {
		f, err := os.Create("cpu.pprof")
		if err != nil {
			return
		}
		pprof.StartCPUProfile(f) // advice: in-loop
		fmt.Println(i)
		f.Close()
	}
}
