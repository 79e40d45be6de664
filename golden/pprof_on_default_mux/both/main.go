package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

// The profiles are meant for loopback, and the public server shows them too.
func main() {
	go func() {
		log.Print(http.ListenAndServe("localhost:6060", nil))
	}()
	http.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
