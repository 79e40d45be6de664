// Package off bounds its profiles, each in its own way.
package off

import (
	"bytes"
	"runtime"
	"runtime/pprof"
	"time"
)

func window() {
	runtime.SetBlockProfileRate(1) // keeps: set-back
	defer runtime.SetBlockProfileRate(0)
	time.Sleep(10 * time.Second)
}

func start() (stop func() error) {
	runtime.SetMutexProfileFraction(1) // keeps: set-back
	return func() error {
		var out bytes.Buffer
		err := pprof.Lookup("mutex").WriteTo(&out, 0)
		runtime.SetMutexProfileFraction(0)
		return err
	}
}

func old() {
	was := runtime.SetMutexProfileFraction(1) // keeps: set-back
	defer runtime.SetMutexProfileFraction(was)
}

type bench struct{}

func (b *bench) begin() {
	runtime.SetBlockProfileRate(1) // keeps: set-back
}

func (b *bench) end() {
	runtime.SetBlockProfileRate(0)
}
