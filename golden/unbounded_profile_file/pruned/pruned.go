package pruned

import (
	"fmt"
	"os"
	"runtime/pprof"
	"time"
)

func profiles() {
	for {
		name := fmt.Sprintf("heap-%d.pprof", time.Now().Unix())
		f, err := os.Create(name)
		if err != nil {
			return
		}
		pprof.WriteHeapProfile(f) // keeps: pruned
		f.Close()
		time.AfterFunc(24*time.Hour, func() { os.Remove(name) })
		time.Sleep(time.Minute)
	}
}
