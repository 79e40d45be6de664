package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

func main() {
	s := new(http.Server)
	s.Addr = "localhost:8080"
	log.Fatal(s.ListenAndServe())
}
