package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

var addr = flag.String("pprof", "[::1]:6060", "where to serve profiles")

func main() {
	flag.Parse()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
