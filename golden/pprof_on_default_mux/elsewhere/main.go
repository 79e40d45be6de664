package main

import (
	"log"
	_ "net/http/pprof" // advice: address-not-in-code
	"os"

	"gomend.example/golden/pprof_on_default_mux/elsewhere/server"
)

func main() {
	s := &server.Server{Addr: os.Getenv("ADDR")}
	log.Fatal(s.Run())
}
