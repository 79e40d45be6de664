package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func route(s *http.Server) { s.Handler = http.NewServeMux() }

func main() {
	var server http.Server
	route(&server)
	server.Addr = ":8080"
	log.Fatal(server.ListenAndServe())
}
