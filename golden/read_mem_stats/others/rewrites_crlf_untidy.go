package others

import (
	"log"
	"runtime"
)

func crlf(limit uint64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > limit {
		log.Println(m.HeapInuse, "of", limit) // shown
	}
}
