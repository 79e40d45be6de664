package main

import (
	"flag"
	. "runtime"
)

var enabled = flag.Bool("pprof", false, "profile")

func main() {
	flag.Parse()
	if *enabled {
		SetBlockProfileRate(1) // keeps: switched-on
	}
}
