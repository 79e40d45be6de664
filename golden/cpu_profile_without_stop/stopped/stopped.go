// Package stopped stops its profile in another way than by a defer beside the
// start: in a closure, another method, a second if. No findings.
package stopped

import (
	"os"
	"runtime/pprof"
)

type profiler struct{ stop func() }

func (p *profiler) start(f *os.File) error {
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	p.stop = pprof.StopCPUProfile
	return nil
}

func second(f *os.File, on bool) {
	if on {
		pprof.StartCPUProfile(f)
	}
	f.Sync()
}
