// A command that profiles its one run.
package main

import (
	"flag"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
)

var (
	block = flag.String("blockprofile", "", "")
	mutex = flag.String("mutexprofile", "", "")
	exits []func()
)

func main() {
	flag.Parse()
	if *block != "" {
		f, err := os.Create(*block)
		if err != nil {
			log.Fatal(err)
		}
		runtime.SetBlockProfileRate(1) // keeps: one-run
		exits = append(exits, func() { pprof.Lookup("block").WriteTo(f, 0) })
	}
	if *mutex != "" {
		runtime.SetMutexProfileFraction(1) // keeps: one-run
		defer pprof.Lookup("mutex").WriteTo(os.Stderr, 0)
	}
}
