package main

import (
	"log"
	"os"

	_ "embed"
	_ "go.uber.org/automaxprocs" // Automatically set GOMAXPROCS.
	_ "net/http/pprof"
)

func main() {
	log.Print(os.Args)
}
