package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof" // keeps: asked-for
)

func main() {
	profiler := flag.String("profiler", "", "where to serve profiles")
	flag.Parse()
	serve(*profiler)
}

func serve(profilerAddr string) {
	if profilerAddr != "" {
		go func() {
			server := &http.Server{Addr: profilerAddr}
			log.Print(server.ListenAndServe())
		}()
	}
	select {}
}
