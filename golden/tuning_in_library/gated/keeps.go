// Package gated tunes when it is asked to.
package gated

import (
	"flag"
	"os"
	"runtime/debug"
	"strconv"
)

var frugal = flag.Bool("frugal", false, "collect more often")

func Start() {
	if *frugal {
		debug.SetGCPercent(20) // keeps: asked-for
	}
}

func FromEnvironment() {
	value, err := strconv.Atoi(os.Getenv("SERVICE_PERCENTAGE"))
	if err == nil {
		debug.SetGCPercent(value) // keeps: asked-for
	}
	debug.SetMaxThreads(9) // keeps: asked-for
}

func Late() {
	debug.SetGCPercent(20) // advice: not-main
	_ = os.Getenv("HOME")
}

type options struct{ MemoryLimit int64 }

// The setting is named after what it sets.
func start(opts options) {
	if opts.MemoryLimit > 0 {
		limit := int64(float64(opts.MemoryLimit) * 0.9)
		debug.SetMemoryLimit(limit) // keeps: asked-for
	}
	debug.SetMemoryLimit(1 << 30) // advice: not-main
}
