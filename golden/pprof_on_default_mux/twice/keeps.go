package main

import (
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
)

func main() {
	_ = http.ListenAndServe(":8080", nil)
}
