package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"testing"
)

// The exercise's helper: the profile goes on when it returns.
func startProfile() {
	f, _ := os.Create("/var/log/cpu.pprof")
	pprof.StartCPUProfile(f) // advice: may-go-on
}

func init() {
	pprof.StartCPUProfile(os.Stderr) // advice: may-go-on
}

type command struct{ hook func() error }

var profiled = command{hook: func() error {
	return pprof.StartCPUProfile(os.Stderr) // advice: may-go-on
}}

type server struct{ out io.Writer }

func (s *server) Start() error {
	if err := pprof.StartCPUProfile(os.Stderr); err != nil { // advice: may-go-on
		return err
	}
	return nil
}

func (s *server) profile() error {
	return pprof.StartCPUProfile(s.out) // keeps: handed-on
}

func into(w io.Writer) error {
	return pprof.StartCPUProfile(w) // keeps: handed-on
}

func signals() {
	_ = pprof.StartCPUProfile(io.Discard) // keeps: discarded
}

func helper(t *testing.T) {
	pprof.StartCPUProfile(os.Stderr) // keeps: test-code
}

func main() {
	flag.Parse()
	go func() {
		pprof.StartCPUProfile(os.Stderr) // advice: may-go-on
	}()
	startProfile()
	start := pprof.StartCPUProfile
	_ = start
	fmt.Println(profiled.hook(), into(os.Stdout), (&server{}).Start())
	signals()
	helper(nil)
}
