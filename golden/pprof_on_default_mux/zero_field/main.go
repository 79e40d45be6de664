package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

type app struct{ server http.Server }

func main() {
	a := &app{}
	a.server.Addr = ":8080"
	log.Fatal(a.server.ListenAndServe())
}
