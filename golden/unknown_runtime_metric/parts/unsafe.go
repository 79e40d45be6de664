package parts

import (
	"fmt"
	"runtime/metrics"
)

const heap = "/gc/heap"

// The parts of a name are none, nor are the arguments of what makes one.
func parts() {
	samples := []metrics.Sample{
		{Name: "/gc/heap" + "/allocs:bytes"},
		{Name: heap + "/frees:bytes"},
		{Name: fmt.Sprintf("/gc%s", "/heap/goals:bytes")},
		{Name: name("/gc/heap/goals:bytes")},
		{Name: map[string]string{"/a:b": "/gc/heap/goals:bytes"}["/a:b"]},
	}
	metrics.Read(samples)
}

func name(part string) string { return heap + part }

func listed() {
	var samples [1]metrics.Sample
	for _, part := range []string{"/allocs:bytes", "/frees:bytes"} {
		samples[0].Name = heap + part
		metrics.Read(samples[:])
	}
}

type route struct{ Name string }

// Another Name has names of its own.
func routes(r *route) {
	var samples [1]metrics.Sample
	r.Name = "/v1/users:batch"
	samples[0].Name = "/gc/heap/goal:bytes"
	metrics.Read(samples[:])
}

func asked() {
	samples := []metrics.Sample{{Name: ("/app/requests:requests")}} // advice: no-near-name
	samples = append(samples, metrics.Sample{Name: `/gc/heap/gaol:bytes`})
	metrics.Read(samples)
	fmt.Println(samples[1].Value.Uint64())
}
