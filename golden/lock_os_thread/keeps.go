package workers

import (
	"fmt"
	"runtime"
	"sync"
)

func init() {
	runtime.LockOSThread() // keeps: init
}

// testWorker locks what the tests look at.
func testWorker() {
	runtime.LockOSThread() // keeps: test-code
	defer runtime.UnlockOSThread()
}

func explained(n int) {
	// The library behind process keeps its state in the thread.
	runtime.LockOSThread() // keeps: written-reason
	defer runtime.UnlockOSThread()
	process(n)
}

func explainedBehind(n int) {
	runtime.LockOSThread()         // keeps: written-reason
	defer runtime.UnlockOSThread() // cgo, for performance
	process(n)
}

// documented runs on one thread, for the affinity that main gave it.
func documented(n int) {
	runtime.LockOSThread() /* faster */ // keeps: written-reason
	defer runtime.UnlockOSThread()
	process(n)
}

func onThread(n int) {
	/* faster */ runtime.LockOSThread() // keeps: is-the-subject (faster)
	defer runtime.UnlockOSThread()
	process(n)
}

func discards(n int) {
	/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
	process(n)
}

func closes(n int) func() {
	/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
	process(n)
	return runtime.UnlockOSThread
}

func perhaps(n int) {
	/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
	dirty := false
	defer func() {
		if !dirty {
			runtime.UnlockOSThread()
		}
	}()
	process(n)
}

func sometimes(n int) {
	if n > 0 {
		/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
		process(n)
	}
	runtime.UnlockOSThread()
}

func twice(n int) {
	/* faster */ runtime.LockOSThread() // keeps: locked-twice (faster)
	defer runtime.UnlockOSThread()
	if n > 0 {
		/* faster */ runtime.LockOSThread() // keeps: locked-twice (faster)
		runtime.UnlockOSThread()
	}
}

// SEN 6: the canonical idiom.
func runs(work func()) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	work()
}

func queue(calls <-chan func()) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	for call := range calls {
		call()
	}
}

type task interface{ Do() }

type item struct{}

func (item) Do() {}

func tasks(all []task) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	for _, one := range all {
		one.Do()
	}
}

func further(all []task) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	hidden(all)
}

func hidden(all []task) {
	if len(all) > 0 {
		all[0].Do()
	}
}

func once(o *sync.Once, setUp func()) {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	o.Do(setUp)
}

var hook = func() {}

func hooked() {
	/* faster */ runtime.LockOSThread() // keeps: runs-foreign-code (faster)
	defer runtime.UnlockOSThread()
	hook()
}

// Not the runtime's.
type locker struct{}

func (locker) LockOSThread()   {}
func (locker) UnlockOSThread() {}

func shadowed(runtime locker) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	fmt.Println()
}

func value() []func() {
	return []func(){runtime.LockOSThread, runtime.UnlockOSThread}
}
