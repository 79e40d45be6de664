package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	log.Fatal(http.ListenAndServe(":8080", http.Handler(nil)))
}
