package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
	"os"
)

func main() {
	addr := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		addr = ":" + port
	}
	log.Fatal(http.ListenAndServe(addr, nil))
}
