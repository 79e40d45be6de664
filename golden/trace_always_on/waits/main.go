package main

import (
	"net/http"
	"os"
	"os/signal"
	. "runtime/trace"
)

func main() {
	f, _ := os.Create("trace.out")
	err := Start(f) // advice: whole-life
	defer func() {
		Stop()
		f.Close()
	}()
	go http.ListenAndServe("localhost:8080", nil)
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
	_ = err
}
