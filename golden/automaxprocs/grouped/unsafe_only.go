package main

import (
	_ "go.uber.org/automaxprocs"
)

const only = true
