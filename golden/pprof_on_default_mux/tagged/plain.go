//go:build !profiling

package main

func main() {}
