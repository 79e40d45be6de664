package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

var out *os.File

type session struct{ f *os.File }

// What is written to can be closed under another name.
func main() {
	f, err := os.Create("cpu.pprof")
	if err != nil {
		return
	}
	finish := func() { f.Close() }
	pprof.StartCPUProfile(f) // advice: writer-used-later

	g, _ := os.Create("cpu.pprof")
	s := session{f: g}
	pprof.StartCPUProfile(g) // advice: writer-used-later

	h, _ := os.Create("cpu.pprof")
	k := h
	pprof.StartCPUProfile(h) // advice: writer-used-later

	out, _ = os.Create("cpu.pprof")
	pprof.StartCPUProfile(out) // advice: writer-used-later

	fmt.Println("work")
	finish()
	s.f.Close()
	k.Close()
	out.Close()
}
