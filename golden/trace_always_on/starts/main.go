package main

import (
	"os"
	tracer "runtime/trace"
	"time"
)

func init() {
	tracer.Start(os.Stdout) // advice: whole-life
}

func main() {
	for {
		time.Sleep(time.Second)
	}
}
