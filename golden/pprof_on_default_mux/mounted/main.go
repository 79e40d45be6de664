package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	mux := http.NewServeMux()
	mux.Handle("/debug/", http.DefaultServeMux)
	log.Fatal(http.ListenAndServe(":8080", mux))
}
