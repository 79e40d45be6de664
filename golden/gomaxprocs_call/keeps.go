package gomaxprocscall

import (
	"fmt"
	"os"
	"runtime"
	"testing"
)

func labelled(n int) {
again:
	runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: in-slot
	if n--; n > 0 {
		goto again
	}
}

func benchmark(b *testing.B) {
	runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: test-code
	fmt.Println(b.N)
}

func explained() {
	// The container's quota is far above what one request needs.
	runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: written-reason
	fmt.Println("explained")
}

func indexed(flags []bool) {
	if flags[3] {
		runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: condition-may-panic
	}
	fmt.Println(flags)
}

func variable() {
	n := runtime.NumCPU()
	runtime.GOMAXPROCS(n) // advice: through-a-variable
	fmt.Println(n)
}

func environment() {
	if os.Getenv("PROCS") == "" {
		runtime.GOMAXPROCS(runtime.NumCPU()) // advice: left-empty
	}
}

func setUp() {
	runtime.GOMAXPROCS(runtime.NumCPU()) // advice: left-empty
}

func multiple() {
	runtime.GOMAXPROCS(runtime.NumCPU() * 2) // advice: more-than-there-are
	fmt.Println("multiple")
}

func more() {
	n := 1 + runtime.NumCPU()
	runtime.GOMAXPROCS(n) // advice: more-than-there-are
	fmt.Println(n)
}

// No findings: questions, and numbers of their own.
func asks() int {
	old := runtime.GOMAXPROCS(runtime.NumCPU())
	return old + runtime.GOMAXPROCS(0) + runtime.GOMAXPROCS(-1)
}

func restores() {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU()))
}

type fake struct{}

func (fake) GOMAXPROCS(int) int { return 0 }
func (fake) NumCPU() int        { return 0 }

func shadowed(runtime fake) {
	runtime.GOMAXPROCS(runtime.NumCPU())
}

// Only what is above the number of processors is brought down to it.
func clamp() {
	if runtime.GOMAXPROCS(0) <= runtime.NumCPU() {
		return
	}
	fmt.Println("GOMAXPROCS is higher than the number of processors; clamping it")
	runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: clamps
}

func clampInPlace() {
	if now := runtime.GOMAXPROCS(0); now > runtime.NumCPU() {
		fmt.Println(now)
		runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: clamps
	}
	if runtime.NumCPU() >= runtime.GOMAXPROCS(0) {
		fmt.Println("all is well")
	} else {
		fmt.Println("clamping")
		runtime.GOMAXPROCS(runtime.NumCPU()) // keeps: clamps
	}
}
