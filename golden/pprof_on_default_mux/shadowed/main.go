package main

import (
	_ "net/http/pprof"
)

type client struct{}

func (client) ListenAndServe(string, any) error { return nil }

func main() {
	var http client
	_ = http.ListenAndServe(":8080", nil)
	// http.ListenAndServe(":8080", nil)
	println(`http.ListenAndServe(":8080", nil)`)
}
