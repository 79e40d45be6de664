package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

type app struct {
	srv  *http.Server
	addr string
}

func main() {
	var a app
	flag.StringVar(&a.addr, "listen", ":8080", "where to listen")
	flag.Parse()
	a.srv = &http.Server{Addr: a.addr}
	log.Print(a.srv.ListenAndServe())
}
