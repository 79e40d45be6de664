// Package bare calls the package by name and looks at nothing.
package bare

import "go.uber.org/automaxprocs/maxprocs"

func init() {
	maxprocs.Set() // advice: called-by-name
}
