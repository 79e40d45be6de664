package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

func main() {
	l, err := net.Listen("unix", "/run/profiles.sock")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
