// Package cmd is the program, of which main only calls Execute.
package cmd

import "runtime/debug"

func Execute() {
	debug.SetGCPercent(200) // keeps: the-program
}
