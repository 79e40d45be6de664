//go:debug asynctimerchan=1

// Command cmd is what makes the loops of lib unsafe: see counterexample 14.
package main

import "gomend.example/debugline/lib"

func main() {
	lib.Wait(nil)
}
