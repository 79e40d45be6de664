// Package off is counterexample 22: the only collections are those here.
package off

import "runtime"

func handle(work func()) {
	work()
	runtime.GC() // keeps: collector-off
}
