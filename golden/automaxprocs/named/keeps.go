// Package named handles the error itself.
package named

import (
	"log"

	"go.uber.org/automaxprocs/maxprocs" // advice: called-by-name
)

func init() {
	if _, err := maxprocs.Set(); err != nil {
		log.Print(err)
	}
}
