package main

import (
	"net/http"
	"runtime"
	"strconv"
)

func toggle(w http.ResponseWriter, r *http.Request) {
	rate, _ := strconv.Atoi(r.URL.Query().Get("rate"))
	runtime.SetBlockProfileRate(rate)
	w.WriteHeader(http.StatusOK)
}

func main() {
	runtime.SetBlockProfileRate(1) // keeps: set-back
	http.HandleFunc("/block", toggle)
}
