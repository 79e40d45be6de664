// A program whose handler panics now and then.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
)

var dumps strings.Builder

func handle(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	dumps.Write(buf[:n])
	if r.URL.Path == "/broken" {
		panic("broken")
	}
	io.WriteString(w, "served "+r.URL.Path)
}

func request(path string) (answer string) {
	defer func() {
		if v := recover(); v != nil {
			answer = fmt.Sprint("panic: ", v)
		}
	}()
	w := httptest.NewRecorder()
	handle(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Body.String()
}

func main() {
	log.SetFlags(0)
	fmt.Println(request("/fine"))
	fmt.Println(request("/broken"))
	fmt.Println(strings.Contains(dumps.String(), "main.handle("))
}

// want: served /fine
// want: panic: broken
// want: true
