// Package variables tells each variable once.
package variables

import (
	"log"
	"runtime"
)

var shared runtime.MemStats

type sampler struct{ stats, before, after runtime.MemStats }

func (s *sampler) first() {
	runtime.ReadMemStats(&s.stats) // advice: not-local
	runtime.ReadMemStats(&shared)  // advice: not-local
}

func (other *sampler) again() {
	runtime.ReadMemStats(&other.stats)
	runtime.ReadMemStats(&shared)
	log.Println(other.stats.HeapAlloc, other.stats.NumGC, shared.Sys)
}

func (s *sampler) run(work func()) uint64 {
	runtime.ReadMemStats(&s.before) // keeps: difference
	work()
	runtime.ReadMemStats(&s.after) // keeps: difference
	return s.after.TotalAlloc - s.before.TotalAlloc
}
