package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
	"os"
)

func main() {
	host := os.Getenv("HOST")
	if host == "" {
		host = "localhost"
	}
	log.Fatal(http.ListenAndServe(net.JoinHostPort(host, os.Getenv("PORT")), nil))
}
