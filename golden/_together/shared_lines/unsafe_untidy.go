// Statements that share their lines.
package shared

import (
	"runtime"
	"runtime/debug"
	"sync"
)

func collects(xs []int) (s int) {
	for _, x := range xs {
		s += x; runtime.GC(); s++
		runtime.GC(); s++
		s++; runtime.GC()
		debug.FreeOSMemory(); s++
		s += x; debug.FreeOSMemory(); s++
	}
	return s
}

func yields(xs []int) (s int) {
	for _, x := range xs {
		s += x; runtime.Gosched(); s++
		runtime.Gosched(); s++
		s++; runtime.Gosched()
		if s > 3 { s++; runtime.Gosched(); s++ }
		if s > 3 { runtime.Gosched() }; s--
	}
	for i := 0; i < s; i++ { s -= i; runtime.Gosched(); s-- }
	for i := range s { if i%1000 == 0 { runtime.Gosched() }; s-- }
	return s
}

type number struct { mu sync.Mutex; n int }

func (m *number) one() int { m.mu.Lock(); m.n++; m.mu.Unlock(); return 1 }

func locks() { runtime.LockOSThread(); println(1); runtime.UnlockOSThread() }; func locksToo() { runtime.LockOSThread(); defer runtime.UnlockOSThread(); println(1) }

func threads() int { runtime.GOMAXPROCS(runtime.NumCPU()); return 1 }
