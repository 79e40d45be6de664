package aliased

import (
	. "fmt"
	rt "runtime"
)

func work() {
	rt.GOMAXPROCS(rt.NumCPU()); Println("work")
}
