package passed

import "runtime"

const enabled = true

// SetFinalizer does nothing in other builds.
func SetFinalizer(object, finalizer any) {
	if enabled {
		runtime.SetFinalizer(object, finalizer) // keeps: passes-on
	}
}
