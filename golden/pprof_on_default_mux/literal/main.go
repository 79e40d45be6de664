package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
	"time"
)

func main() {
	srv := &http.Server{Addr: ":8080", ReadTimeout: time.Second}
	defer srv.Close()
	log.Print(srv.ListenAndServe())
}
