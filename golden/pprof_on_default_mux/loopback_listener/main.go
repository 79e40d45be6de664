package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{}
	log.Fatal(srv.Serve(l))
}
