package gomaxprocscall

import (
	"fmt"
	"net/http"
	"runtime"
)

// Use all cores.
func init() {
	runtime.GOMAXPROCS(runtime.NumCPU())
}

func init() {
	runtime.GOMAXPROCS(runtime.NumCPU()) // all of them
	fmt.Println("ready")
}

// OPT 8: on every request.
func handler(w http.ResponseWriter, r *http.Request) {
	runtime.GOMAXPROCS(runtime.NumCPU())
	fmt.Fprintln(w, r.URL.Path)
}

func discarded() {
	_ = runtime.GOMAXPROCS((runtime.NumCPU()))
	fmt.Println("discarded")
}

func perhaps(n int) {
	if n > 1 {
		runtime.GOMAXPROCS(runtime.NumCPU())
	}
	fmt.Println(n)
}

func literal() func() {
	return func() {
		runtime.GOMAXPROCS(runtime.NumCPU())

		fmt.Println("literal")
	}
}

func lines(n int) {
	switch {
	case n > 1:
		// Parallel from here on.
		runtime.GOMAXPROCS(runtime.NumCPU())
		fmt.Println("many")
	}
}

// A limit that somebody set is lifted.
func raises() {
	if runtime.GOMAXPROCS(0) < runtime.NumCPU() {
		fmt.Println("using all")
		runtime.GOMAXPROCS(runtime.NumCPU())
	}
	if runtime.GOMAXPROCS(0) == runtime.NumCPU() {
		return
	}
	runtime.GOMAXPROCS(runtime.NumCPU())
}
