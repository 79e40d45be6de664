//go:build ignore

package main

import (
	"log"
	"net/http"
)

// A program of its own, which imports no profiles.
func main() {
	log.Fatal(http.ListenAndServe(":8080", nil))
}
