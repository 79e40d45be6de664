package main

import (
	_ "net/http/pprof"

	"gomend.example/golden/pprof_on_default_mux/never_called/debug"
)

func main() {
	println(debug.Version())
}
