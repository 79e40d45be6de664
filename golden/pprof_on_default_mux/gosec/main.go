package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" //nolint:gosec // keeps: known-to-gosec
)

func main() {
	log.Fatal(http.ListenAndServe(":8080", nil))
}
