// Package prefork shares the processors among its processes.
package prefork

import (
	"net"
	"os"
	"runtime"
)

func isChild() bool { return os.Getenv("WORKER") != "" }

func serve(address string) (net.Listener, error) {
	if isChild() {
		runtime.GOMAXPROCS(1) // keeps: one-of-many-processes
		runtime.GOMAXPROCS(3) // advice: not-main
	}
	return net.Listen("tcp", address)
}
