package stays

import (
	"log"
	"runtime"
	"time"
)

type reporter struct{ collections uint32 }

func newReporter() *reporter {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: another-stays
	return &reporter{collections: m.NumGC}
}

func (r *reporter) report() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: no-exact-metric
	log.Print(time.Duration(m.PauseNs[(m.NumGC+255)%256]))
}
