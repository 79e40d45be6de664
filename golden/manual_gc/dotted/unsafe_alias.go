package dotted

import rt "runtime"

func aliased(work func()) {
	work()
	rt.GC()
}

func shadowed(work func(), rt fake) {
	work()
	rt.GC()
}
