package main

import (
	"log"
	"os"
	"runtime/trace"
)

func work() error { return nil }

func main() {
	if err := trace.Start(os.Stdout); err != nil { // advice: exit-skips-it
		log.Fatal(err)
	}
	if err := work(); err != nil {
		log.Fatal(err)
	}
}
