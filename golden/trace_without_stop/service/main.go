package main

import (
	"log"
	"net/http"
	"os"
	"runtime/trace"
)

func main() {
	f, _ := os.Create("trace.out")
	trace.Start(f) // keeps: told-as-always-on
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
