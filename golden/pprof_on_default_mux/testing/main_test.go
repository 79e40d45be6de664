package main

import (
	"net/http"
	_ "net/http/pprof"
	"testing"
)

func TestServe(t *testing.T) {
	t.Log(http.ListenAndServe(":8080", nil))
}
