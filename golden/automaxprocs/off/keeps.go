package main

import (
	_ "go.uber.org/automaxprocs" // keeps: switched-off
)

func main() {}
