// Statements that share their lines: a reading that stands on lines of its own is found.
package lines

import ("fmt"; "net/http"; "runtime")

func one(w http.ResponseWriter, r *http.Request) { var m runtime.MemStats; runtime.ReadMemStats(&m); fmt.Fprintln(w, m.HeapAlloc) }

func two(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats; runtime.ReadMemStats(&m); fmt.Fprintln(w, m.HeapAlloc); fmt.Fprintln(w, m.NumGC)
}

func apart(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200); var m runtime.MemStats
	runtime.ReadMemStats(&m); fmt.Fprintln(w, m.HeapAlloc); if m.NumGC > 3 { fmt.Fprintln(w, "many"); fmt.Fprintln(w, m.NumGC) }
}

func register() { http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { m := runtime.MemStats{}; runtime.ReadMemStats(&m); fmt.Fprintln(w, m.Sys) }) }

func below(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.HeapAlloc); if m.NumGC > 3 { fmt.Fprintln(w, "many"); fmt.Fprintln(w, m.NumGC) }
}; func inside(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200)
	m := runtime.MemStats{}
	runtime.ReadMemStats(&m)
	fmt.Fprintln(w, m.Sys) }
