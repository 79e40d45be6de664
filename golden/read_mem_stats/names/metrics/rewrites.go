// Package metrics has the name of the package that the values come from.
package metrics

import "runtime"

func sys() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
