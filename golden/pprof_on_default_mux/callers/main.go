package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	log.Print(serve(":8080"))
}

func serve(addr string) error {
	return http.ListenAndServe(addr, nil)
}
