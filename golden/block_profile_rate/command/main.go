// A command that another function writes the profile of.
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

func init() {
	runtime.SetBlockProfileRate(1) // keeps: one-run
}

func dump() {
	pprof.Lookup("block").WriteTo(os.Stdout, 0)
}

func main() {
	defer dump()
	println("work")
}
