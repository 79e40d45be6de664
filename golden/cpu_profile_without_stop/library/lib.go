// Package library starts what its user stops.
package library

import (
	"os"
	"runtime/pprof"
)

// Start starts a profile.
func Start(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return pprof.StartCPUProfile(f) // keeps: stopped-elsewhere
}
