package gomaxprocsone

import (
	"flag"
	"net"
	"os/exec"
	"runtime"
	"testing"
)

const single = 1

var serial = flag.Bool("serial", false, "run on one processor")

func init() {
	runtime.GOMAXPROCS(1) // advice: serializes
}

func constant() {
	// No race is possible then.
	runtime.GOMAXPROCS(single) // advice: serializes
}

func discarded() {
	_ = runtime.GOMAXPROCS(1) // advice: serializes
}

func bench(b *testing.B) {
	runtime.GOMAXPROCS(1) // keeps: test-code
	for b.Loop() {
		constant()
	}
}

func deferred(work func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // keeps: restores
	work()
}

func kept(work func()) {
	old := runtime.GOMAXPROCS(1) // keeps: restores
	work()
	runtime.GOMAXPROCS(old)
}

func later(work func()) {
	runtime.GOMAXPROCS(1) // keeps: restores
	work()
	runtime.GOMAXPROCS(runtime.NumCPU())
}

func asked() {
	if *serial {
		runtime.GOMAXPROCS(1) // keeps: on-demand
	}
}

func explained() {
	// A small footprint beside the noisy neighbours.
	runtime.GOMAXPROCS(1) // keeps: written-reason
}

type prefork struct{}

// listen serves on the socket that the master made.
func (p *prefork) listen() (net.Listener, error) {
	runtime.GOMAXPROCS(1) // keeps: one-of-many-processes
	return net.Listen("tcp", ":0")
}

func run(name string) error {
	runtime.GOMAXPROCS(1) // keeps: one-of-many-processes
	return exec.Command(name).Run()
}

func others() {
	runtime.GOMAXPROCS(2)
	runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(-1)
}
