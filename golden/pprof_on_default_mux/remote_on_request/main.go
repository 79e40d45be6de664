package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

var (
	port   = flag.Int("port", 8080, "where to listen")
	remote = flag.Bool("remote", false, "listen beyond loopback")
)

func main() {
	flag.Parse()
	addr := fmt.Sprintf(":%d", *port)
	if !*remote {
		addr = "localhost" + addr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.DefaultServeMux}
	log.Fatal(srv.Serve(l))
}
