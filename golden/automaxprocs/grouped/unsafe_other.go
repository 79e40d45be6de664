package main

import (
	"fmt"

	// Set GOMAXPROCS to match the container's CPU quota.
	_ "go.uber.org/automaxprocs"
)

func other() { fmt.Println() }
