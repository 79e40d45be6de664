package main

// The server is told of once.
import _ "net/http/pprof"
