package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
	"time"
)

type options struct {
	Listen string `default:"0.0.0.0:8082"`
}

func run(o options) error {
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return err
	}
	srv := http.Server{ReadTimeout: time.Second}
	return srv.Serve(l)
}

func main() {
	log.Print(run(options{}))
}
