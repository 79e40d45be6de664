// Package library traces whoever imports it.
package library

import (
	"os"
	"runtime/trace"
)

func init() {
	trace.Start(os.Stderr) // advice: in-init
}

// Start is nobody's init.
func Start() error { return trace.Start(os.Stderr) }
