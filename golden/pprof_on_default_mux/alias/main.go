package main

import (
	"log"
	web "net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	mux := web.DefaultServeMux
	mux.HandleFunc("/", func(web.ResponseWriter, *web.Request) {})
	log.Fatal(web.ListenAndServe("0.0.0.0:8080", mux))
}
