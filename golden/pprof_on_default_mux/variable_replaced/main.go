package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

var mux = http.DefaultServeMux

func init() { mux = http.NewServeMux() }

func main() {
	log.Fatal(http.ListenAndServe(":8080", mux))
}
