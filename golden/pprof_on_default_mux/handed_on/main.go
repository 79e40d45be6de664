package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func configure(servers ...*http.Server) {
	for _, server := range servers {
		if server != nil {
			*server = http.Server{Addr: server.Addr, Handler: http.NotFoundHandler()}
		}
	}
}

func main() {
	srv := &http.Server{Addr: ":8080"}
	configure(srv)
	log.Fatal(srv.ListenAndServe())
}
