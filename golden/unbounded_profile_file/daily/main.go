// The exercise.
package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"runtime/trace"
	"time"
)

func today() string { return time.Now().Format("20060102") }

func main() {
	f, _ := os.Create(fmt.Sprintf("/var/log/cpu-%s.pprof", today()))
	pprof.StartCPUProfile(f) // advice: never-stopped

	name := "/var/log/trace." + time.Now().Format(time.RFC3339)
	g, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return
	}
	if err := trace.Start(g); err != nil { // advice: never-stopped
		return
	}

	// One file is overwritten by each run.
	h, _ := os.Create("/var/log/cpu.pprof")
	pprof.StartCPUProfile(h)
	pprof.StartCPUProfile(os.Stdout)
}
