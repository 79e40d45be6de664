package other

import (
	"encoding/json" // for status
	"fmt"

	// What the program is made of.
	"runtime"
	"time"
)

type metrics struct {
	Sys uint64 `json:"sys"`
	GCs uint32 `json:"gcs"`
}

func status() ([]byte, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return json.Marshal(metrics{
		Sys: m.Sys,
		GCs: m.NumGC,
	})
}

func uptime(start time.Time) string {
	return fmt.Sprint(time.Since(start))
}
