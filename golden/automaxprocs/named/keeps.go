// Package named handles the error itself.
package named

import (
	"log"

	"go.uber.org/automaxprocs/maxprocs"
)

func init() {
	if _, err := maxprocs.Set(); err != nil { // advice: called-by-name
		log.Print(err)
	}
}
