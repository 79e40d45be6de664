package main

import (
	"log"
	"net/http"
	"os"
	"runtime/trace"
)

func main() {
	f, err := os.Create("trace.out")
	if err != nil {
		log.Fatal(err)
	}
	if err := trace.Start(f); err != nil { // advice: whole-life
		log.Fatal(err)
	}
	defer trace.Stop()
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
