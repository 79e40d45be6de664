package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	var s http.Server
	s.Addr = ":8080"
	log.Fatal(s.ListenAndServe())
}
