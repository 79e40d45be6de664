package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
)

func main() {
	var handler http.Handler
	if len(os.Args) > 1 {
		handler = http.NewServeMux()
	}
	log.Fatal(http.ListenAndServe(":8080", handler))
}
