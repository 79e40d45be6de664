package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
)

func main() {
	f, err := os.Create("cpu.pprof")
	if err != nil {
		return
	}
	pprof.StartCPUProfile(f) // advice: writer-used-later
	var buf bytes.Buffer
	pprof.StartCPUProfile(&buf) // advice: writer-used-later
	if len(os.Args) > 1 {
		pprof.StartCPUProfile(io.MultiWriter(f, &buf)) // advice: writer-used-later
	}
	switch err := pprof.StartCPUProfile(os.Stderr); { // advice: odd-place
	case err != nil:
		fmt.Println(err)
	}
	defer pprof.StartCPUProfile(os.Stderr) // advice: odd-place
	{
		StopCPUProfile := 1
		_ = StopCPUProfile
	}
	fmt.Println("work", buf.Len())
	f.Close()
}
