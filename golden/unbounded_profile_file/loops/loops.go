package loops

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"
)

func heaps() error {
	t := time.NewTicker(20 * time.Second)
	for at := range t.C {
		f, err := os.Create(fmt.Sprintf("heap-%d.pprof", at.Unix()))
		if err != nil {
			return err
		}
		pprof.WriteHeapProfile(f) // advice: never-pruned
		f.Close()
	}
	return nil
}

func counted() {
	for i := 0; ; i++ {
		f, _ := os.Create("block-" + strconv.Itoa(i))
		w := bufio.NewWriter(f)
		pprof.Lookup("block").WriteTo(w, 0) // advice: never-pruned
		w.Flush()
		f.Close()
		time.Sleep(time.Minute)
	}
}

// The exercise's After without its pruning.
func profileLoop(ctx context.Context) {
	t := time.NewTicker(5 * time.Minute)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			captureWindow(30 * time.Second)
		}
	}
}

func captureWindow(d time.Duration) {
	name := fmt.Sprintf("/var/log/pprof/cpu-%d.pprof", time.Now().Unix())
	f, err := os.Create(name)
	if err != nil {
		return
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil { // advice: never-pruned
		return
	}
	time.Sleep(d)
	pprof.StopCPUProfile()
}

func helper(t *testing.T) {
	for {
		f, _ := os.Create("heap-" + time.Now().String())
		pprof.WriteHeapProfile(f) // keeps: test-code
	}
}

// No findings: ten names, one for each of a few, once on demand, no file.
func bounded(names []string, f *os.File) {
	for n := 0; ; n++ {
		f, _ := os.Create(fmt.Sprint("heap-", n%10))
		pprof.WriteHeapProfile(f)
		if n > 100 {
			break
		}
	}
	for i := range names {
		f, _ := os.Create(fmt.Sprint("heap-", i))
		pprof.WriteHeapProfile(f)
	}
	once, _ := os.Create(fmt.Sprint("heap-", time.Now().Unix()))
	pprof.WriteHeapProfile(once)
	for {
		pprof.WriteHeapProfile(f)
		if p := pprof.Lookup("heap"); p == nil {
			return
		}
	}
}

// No finding: somebody asks for each of them.
func onSignal() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt)
	for {
		select {
		case <-asked:
			writeHeap()
		}
	}
}

func writeHeap() {
	f, err := os.Create(fmt.Sprintf("heap-%d.pprof", time.Now().Unix()))
	if err != nil {
		return
	}
	defer f.Close()
	pprof.WriteHeapProfile(f)
}
