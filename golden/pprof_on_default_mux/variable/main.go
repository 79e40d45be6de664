package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

var mux = http.DefaultServeMux

func main() {
	mux.HandleFunc("/", http.NotFound)
	log.Fatal(http.ListenAndServe(":8080", mux))
}
