package library

import (
	"net/http"
	_ "net/http/pprof" // advice: address-not-in-code
)

// Profile serves the profiles.
func Profile(addr string) error {
	return http.ListenAndServe(addr, http.DefaultServeMux)
}
