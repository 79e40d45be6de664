package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: replaced
)

func main() {
	profiles := http.DefaultServeMux
	http.DefaultServeMux = http.NewServeMux()
	go func() { log.Print(http.ListenAndServe("localhost:6060", profiles)) }()
	log.Fatal(http.ListenAndServe(":8080", nil))
}
