package dot

import (
	"fmt"
	. "runtime"
)

func usage() {
	var m MemStats
	ReadMemStats(&m)
	fmt.Println(m.Sys, m.NumGC)
}
