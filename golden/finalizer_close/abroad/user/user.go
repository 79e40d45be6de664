// Package user gets objects that have a finalizer.
package user

import (
	"os"

	"gomend.example/golden/finalizer_close/abroad"
)

// Hook makes one for somebody.
var Hook = abroad.NewHooked

// Use uses them.
func Use(f *os.File) error {
	_ = abroad.NewLeft(f)
	c := wrapped(f)
	return c.Close()
}

func wrapped(f *os.File) *abroad.Closed { return abroad.NewClosed(f) }
