package main

import (
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	http.ListenAndServe(":8080", nil)
}
