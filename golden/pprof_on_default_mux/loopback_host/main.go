package main

import (
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
	"os"
)

func main() {
	log.Fatal(http.ListenAndServe(net.JoinHostPort("localhost", os.Getenv("PORT")), nil))
}
