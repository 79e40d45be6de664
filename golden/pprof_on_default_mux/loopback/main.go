package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: loopback
)

func main() {
	go func() {
		log.Print(http.ListenAndServe("localhost:6060", nil))
	}()
	go func() {
		log.Print(http.ListenAndServe("127.0.0.1:6061", nil))
	}()
	mux := http.NewServeMux()
	log.Fatal(http.ListenAndServe(":8080", mux))
}
