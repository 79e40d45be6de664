package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

const host = "0.0.0.0"

func main() {
	log.Fatal(http.ListenAndServeTLS(host+":8443", "cert.pem", "key.pem", (http.DefaultServeMux)))
}
