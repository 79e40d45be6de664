package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	srv := &http.Server{Addr: ":8080"}
	srv.Handler = http.NotFoundHandler()
	log.Fatal(srv.ListenAndServe())
}
