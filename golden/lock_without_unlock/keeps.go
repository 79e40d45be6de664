package lockwithoutunlock

import (
	"fmt"
	"runtime"
)

// Counterexample 26: the main goroutine would leave the main thread.
func init() {
	runtime.LockOSThread() // keeps: init
}

func testThreads() {
	go func() {
		runtime.LockOSThread() // keeps: test-code
		fmt.Println()
	}()
}

func explained() {
	go func() {
		// The thread is thrown away: its state is not worth restoring.
		runtime.LockOSThread() // keeps: written-reason
		fmt.Println()
	}()
}

// discardsThread ends the thread of its goroutine.
func discardsThread() {
	go func() {
		/* faster */ runtime.LockOSThread() // keeps: is-the-subject (faster)
		fmt.Println()
	}()
}

func restores() func() {
	/* faster */ runtime.LockOSThread() // keeps: unlocked-elsewhere (faster)
	return func() { runtime.UnlockOSThread() }
}

func conditional(n int) {
	go func() {
		if n > 0 {
			/* faster */ runtime.LockOSThread() // keeps: conditional (faster)
		}
		fmt.Println(n)
	}()
}

func nested(n int) {
	go func() {
		/* faster */ runtime.LockOSThread() // keeps: locked-twice (faster)
		/* faster */ runtime.LockOSThread() // keeps: locked-twice (faster)
		fmt.Println(n)
	}()
}

func called(n int) {
	/* faster */ runtime.LockOSThread() // advice: leaves-caller-locked (faster)
	fmt.Println(n)
}

func calls() {
	go called(1)
	called(2)
}

func midway(items []int) {
	/* faster */ runtime.LockOSThread() // advice: unlocked-midway (faster)
	if len(items) == 0 {
		return
	}
	fmt.Println(items[0])
	runtime.UnlockOSThread()
	for _, item := range items {
		fmt.Println(item)
	}
}

// No finding: it never ends, or has its unlock on each way out.
func endless(jobs <-chan int) {
	go func() {
		runtime.LockOSThread()
		for {
			fmt.Println(<-jobs)
		}
	}()
}

func deferred(n int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	fmt.Println(n)
}

func everyWay(n int) int {
	runtime.LockOSThread()
	if n == 0 {
		runtime.UnlockOSThread()
		return 0
	}
	runtime.UnlockOSThread()
	return n
}

func receives(values chan int) int {
	/* faster */ runtime.LockOSThread() // advice: unlocked-midway (faster)
	if values == nil {
		return 0
	}
	runtime.UnlockOSThread()
	return <-values
}

// No finding: each branch has its unlock, or leads to one.
func branches(n int) int {
	runtime.LockOSThread()
	if n > 0 {
		n++
		runtime.UnlockOSThread()
	} else {
		n--
		runtime.UnlockOSThread()
	}
	return n
}

func jumps(n int) int {
	runtime.LockOSThread()
	if n > 0 {
		goto out
	}
	n++
out:
	runtime.UnlockOSThread()
	return n
}

func waits(values chan int) int {
	runtime.LockOSThread()
	for value := range values {
		if value > 0 {
			break
		}
	}
	select {
	case value := <-values:
		runtime.UnlockOSThread()
		return value
	case values <- 1:
		runtime.UnlockOSThread()
	}
	return 0
}

func ends() {
	go func() {
		runtime.LockOSThread()
		runtime.Goexit()
	}()
}
