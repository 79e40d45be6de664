package dotted

import . "runtime"

type fake struct{}

func (fake) GC() {}

func dotted(work func()) {
	work()
	GC()
}

func method(f fake, GC func()) {
	f.GC()
	GC()
}

func version() string { return Version() }
