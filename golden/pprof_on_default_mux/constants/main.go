package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	log.Print(http.ListenAndServe(address, nil))
}
