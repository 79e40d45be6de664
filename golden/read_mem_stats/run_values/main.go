// What it prints is the same with either way of reading: types, and how values
// compare.
package main

import (
	"fmt"
	"runtime"
)

var keep [][]byte

func values() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Printf("%T %T %T %T\n", m.Alloc, m.HeapInuse, m.NumGC, m.NumForcedGC)
	fmt.Println("in use at least allocated:", m.HeapInuse >= m.HeapAlloc)
	fmt.Println("heap is its two parts:", m.HeapSys == m.HeapInuse+m.HeapIdle)
	fmt.Println("released is idle:", m.HeapReleased <= m.HeapIdle)
	fmt.Println("all of it:", m.Sys > m.HeapSys+m.StackSys, m.Sys-m.HeapReleased < m.Sys)
	parts := m.HeapSys + m.StackSys + m.MSpanSys + m.MCacheSys + m.BuckHashSys + m.GCSys + m.OtherSys
	fmt.Println("nothing else:", parts == m.Sys)
	fmt.Println("alloc is heap alloc:", m.Alloc == m.HeapAlloc)
	fmt.Println("halves:", m.HeapInuse/2 <= m.HeapInuse, m.HeapInuse%2 < 2, 1<<40-m.HeapInuse > 0)
	fmt.Println("inside:", m.StackInuse <= m.StackSys, m.MSpanInuse <= m.MSpanSys, m.MCacheInuse <= m.MCacheSys)
}

func counts() {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m)
	fmt.Println("counted:", m.Mallocs >= m.Frees, m.TotalAlloc >= m.HeapAlloc, m.Mallocs > 0)
	fmt.Println("live:", m.Mallocs-m.Frees == m.HeapObjects)
	fmt.Println("cycles:", m.NumGC-m.NumForcedGC <= m.NumGC, m.NextGC > 0)
}

func grows() {
	m := runtime.MemStats{}
	for i := range 3 {
		keep = append(keep, make([]byte, 8<<20))
		runtime.ReadMemStats(&m)
		fmt.Println("at least", i+1, m.HeapAlloc >= uint64(i+1)<<23)
		defer func() { fmt.Println("at the end", m.HeapAlloc >= 3<<23, i) }()
	}
}

func main() {
	values()
	counts()
	grows()
}
