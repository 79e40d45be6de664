package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	var handler http.Handler
	log.Fatal(http.ListenAndServe(":8080", handler))
}
