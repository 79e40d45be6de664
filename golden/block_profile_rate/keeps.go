package block_profile_rate

import (
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

func init() {
	if os.Getenv("PROFILE") != "" {
		runtime.SetBlockProfileRate(1) // keeps: switched-on
	}
}

func Start() {
	runtime.SetBlockProfileRate(1) // advice: on-request
}

func serve(addr string) {
	if len(addr) > 0 {
		go func() {
			runtime.SetBlockProfileRate(1) // keeps: switched-on
			_ = http.ListenAndServe(addr, nil)
		}()
	}
}

func init() {
	runtime.SetBlockProfileRate(20) // advice: chosen-rate
}

func init() {
	go func() {
		runtime.SetBlockProfileRate(1) // advice: on-request
	}()
}

func fractions() {
	// 1 out of 5 mutex events are reported, on average.
	if runtime.SetMutexProfileFraction(-1) == 0 {
		runtime.SetMutexProfileFraction(5) // keeps: switched-on
	}
	runtime.SetMutexProfileFraction(100)
}

func helper(t *testing.T) {
	runtime.SetBlockProfileRate(1) // keeps: test-code
	time.Sleep(time.Second)
}

// No findings.
func others(n int) {
	runtime.SetBlockProfileRate(10000)
	runtime.SetBlockProfileRate(int(time.Millisecond))
	set := runtime.SetBlockProfileRate
	set(1)
	_ = n
}

func save(profile *pprof.Profile, to *os.File) error {
	runtime.SetBlockProfileRate(1) // keeps: one-run
	return profile.WriteTo(to, 0)
}
