package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	var s http.Server
	s.Addr = ":8080"
	s.Handler = http.NewServeMux()
	log.Fatal(s.ListenAndServe())
}
