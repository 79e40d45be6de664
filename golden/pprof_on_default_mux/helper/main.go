package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
	"os"
)

func main() {
	log.Fatal(http.ListenAndServe(env("ADDR", ":8080"), nil))
}

func env(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}
