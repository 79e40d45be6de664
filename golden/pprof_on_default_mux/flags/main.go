package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

var addr = flag.String("addr", ":6060", "where to listen")

func main() {
	flag.Parse()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
