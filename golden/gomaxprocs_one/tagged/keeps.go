package tagged

import "runtime"

// No finding: it is 1 on some systems only.
func set() { runtime.GOMAXPROCS(procs) }
