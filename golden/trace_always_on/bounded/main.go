package main

import (
	"log"
	"net/http"
	"os"
	"runtime/trace"
	"time"
)

func main() {
	f, _ := os.Create("trace.out")
	trace.Start(f) // keeps: bounded
	time.AfterFunc(5*time.Second, trace.Stop)
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
