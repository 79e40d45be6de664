package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"runtime/trace"
)

func main() {
	name := flag.String("trace", "", "")
	flag.Parse()
	if *name != "" {
		f, _ := os.Create(*name)
		trace.Start(f) // advice: never-returns
	}
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
