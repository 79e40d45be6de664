package single

import "net/http"
import "runtime"
import "strconv"

func heap(w http.ResponseWriter, _ *http.Request) {
	m := runtime.MemStats{} // empty
	runtime.ReadMemStats(&m)
	_, _ = w.Write([]byte(strconv.FormatUint(m.HeapAlloc, 10)))
}
