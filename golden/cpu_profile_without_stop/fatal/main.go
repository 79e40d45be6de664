package main

import (
	"log"
	"os"
	"os/signal"
	"runtime/pprof"
)

func work() error { return nil }

func main() {
	if err := pprof.StartCPUProfile(os.Stderr); err != nil { // advice: exit-skips-it
		log.Fatal(err)
	}
	pprof.StartCPUProfile(os.Stderr) // advice: exit-skips-it
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		<-signals
		os.Exit(1)
	}()
	if err := work(); err != nil {
		log.Fatal(err)
	}
}
