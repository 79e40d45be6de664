package main

import (
	"log"
	"net/http"
	"net/http/pprof"
)

func main() {
	http.HandleFunc("/profiles", pprof.Index)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
