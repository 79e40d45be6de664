package debug

import "net/http"

// Serve is not called by the program.
func Serve() error { return http.ListenAndServe(":6060", nil) }

// Version is.
func Version() string { return "1" }
