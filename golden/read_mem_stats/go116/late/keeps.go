package late

import (
	"log"
	"runtime"
)

func mallocs() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // advice: too-old-go
	log.Println(m.Mallocs, m.Sys)
}
