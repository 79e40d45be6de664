package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

type app struct{ server http.Server }

func main() {
	a := &app{server: http.Server{Addr: ":8080", Handler: http.NewServeMux()}}
	log.Fatal(a.server.ListenAndServe())
}
