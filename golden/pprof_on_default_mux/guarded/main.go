package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
)

func only(user string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, _, ok := r.BasicAuth(); !ok || name != user {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func main() {
	handler := http.Handler(http.DefaultServeMux)
	handler = only("admin", handler)
	go func() { log.Print(http.ListenAndServe(":8081", handler)) }()
	log.Fatal(http.ListenAndServe(":8080", only("admin", http.DefaultServeMux)))
}
