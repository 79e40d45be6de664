package main

import (
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof" // advice: beyond-loopback
	"os"
)

func main() {
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%s", os.Getenv("PORT")), nil))
}
