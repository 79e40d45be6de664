package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

func main() {
	go serve("localhost:6060")
	serve("localhost:" + "6061")
}

func serve(addr string) {
	log.Print(http.ListenAndServe(addr, nil))
}
