// Package loops dumps all goroutines now and then.
package loops

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

func monitorStuck(analyze func([]byte)) {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true) // STW, walks every goroutine
		analyze(buf[:n])
		time.Sleep(5 * time.Second)
	}
}

func onTicker(ctx context.Context) {
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			buf := make([]byte, 1<<20)
			n := runtime.Stack(buf, true)

			// What is stuck shows up in two dumps.
			text := string(buf[:n])
			log.Printf("goroutines:\n%s", text)
		}
	}
}

func onRange() {
	for range time.Tick(time.Second) {
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		os.Stderr.Write(buf)
	}
}

// Counterexample 28: all that uses the number moves with it.
func counted(w io.Writer, beat func()) {
	buf := make([]byte, 1<<20)
	for {
		beat()
		n := runtime.Stack(buf, true)
		if strings.Contains(string(buf[:n]), "semacquire") {
			w.Write(buf[:n])
		}
		<-time.After(2 * time.Second)
	}
}

func grows(w io.Writer) {
	for range time.Tick(30 * time.Second) {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true)
		for n == len(buf) {
			buf = make([]byte, 2*len(buf))
			n = runtime.Stack(buf, true)
		}
		w.Write(buf[:n])
	}
}

func profile(w io.Writer) {
	for {
		pprof.Lookup("goroutine").WriteTo(w, 2)
		time.Sleep(time.Second)
	}
}

func profileOnTick(stop <-chan struct{}) {
	tick := time.Tick(15 * time.Second)
	for {
		select {
		case <-tick:
			var buf bytes.Buffer
			if err := pprof.Lookup("goroutine").WriteTo(&buf, 2); err == nil {
				log.Print(buf.String())
			}
		case <-stop:
			return
		}
	}
}

type monitor struct {
	interval time.Duration
	ticker   *time.Ticker
	last     string
}

func (m *monitor) run() {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true) // advice: period-unknown
		log.Print(string(buf[:n]))
		time.Sleep(m.interval)
	}
}

func (m *monitor) ticks() {
	buf := make([]byte, 1<<20)
	for range m.ticker.C {
		n := runtime.Stack(buf, true) // advice: period-unknown
		log.Print(string(buf[:n]))
	}
}

// The next round reads what this one left.
func (m *monitor) compares() {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true) // advice: odd-shape
		if text := string(buf[:n]); text != m.last {
			m.last = text
		}
		time.Sleep(time.Second)
	}
}

func leavesText() {
	var last string
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		last = string(buf[:n])
	}
	log.Print(last)
}

// Something else stands between the dump and its use.
func between(beat func()) {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		beat()
		log.Print(string(buf[:n]))
	}
}

func rawString(w io.Writer) {
	for range time.Tick(time.Second) {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // advice: odd-shape
		log.Printf(`goroutines:
%s`, buf[:n])
	}
}

func hidden(w io.Writer) {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true)
		runtime := string(buf[:n])
		w.Write([]byte(runtime))
	}
}

// The pause depends on the dump.
func adaptive(w io.Writer) {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true) // advice: period-unknown
		w.Write(buf[:n])
		time.Sleep(time.Duration(n))
		time.Sleep(time.Second)
	}
}

// The loop around the dump does more than that.
func eachItem(items []string, work func(string)) {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		for _, item := range items {
			n := runtime.Stack(buf, true) // advice: odd-shape
			log.Print(item, string(buf[:n]))
			work(item)
		}
	}
}

func reports(f *os.File) error {
	for range time.Tick(time.Second) {
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // advice: odd-shape
		_, err := f.Write(buf[:n])
		if err != nil {
			return err
		}
	}
	return nil
}

// What the dump shows decides how long the loop runs.
func untilIdle() {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true) // advice: odd-shape
		if !strings.Contains(string(buf[:n]), "worker") {
			break
		}
		time.Sleep(time.Second)
	}
}

func skipsTheRest(beat func()) {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		if strings.Contains(string(buf[:n]), "worker") {
			continue
		}
		beat()
	}
}

func ownBreak() {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true)
		for _, part := range strings.Split(string(buf[:n]), "\n\n") {
			if part == "" {
				break
			}
			log.Print(part)
		}
	}
}

// The count ends with the header: the zero bytes behind the text are written too.
func growsInHeader(w io.Writer) {
	for range time.Tick(30 * time.Second) {
		buf := make([]byte, 1<<20)
		for n := runtime.Stack(buf, true); n == len(buf); n = runtime.Stack(buf, true) { // advice: odd-shape
			buf = make([]byte, 2*len(buf))
		}
		w.Write(buf)
	}
}

// Only `debug=2` says how long a goroutine has been waiting.
func searched() {
	for range time.Tick(time.Minute / 2) {
		var buf bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&buf, 2) // advice: taken-apart
		if strings.Contains(buf.String(), "5 minutes") {
			log.Print("stuck")
		}
	}
}

func scanned() {
	for range time.Tick(time.Second) {
		var buf bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&buf, 2) // advice: taken-apart
		lines := bufio.NewScanner(&buf)
		for lines.Scan() {
			log.Print(lines.Text())
		}
	}
}

// The dump before the loop is another one.
func baseline(w io.Writer) {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	w.Write(buf[:n])
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		w.Write(buf[:n])
	}
}

// What the text was put into is read behind it.
func gathered(w io.Writer) {
	for range time.Tick(time.Second) {
		var all strings.Builder
		buf := make([]byte, 1<<20)
		all.Write(buf[:runtime.Stack(buf, true)]) // advice: odd-shape
		io.WriteString(w, all.String())
	}
}

func printed(w io.Writer) {
	for range time.Tick(time.Second) {
		var all bytes.Buffer
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // advice: odd-shape
		io.Copy(&all, bytes.NewReader(buf[:n]))
		w.Write(all.Bytes())
	}
}

// Somebody waits for what the moved statements would no longer do.
func handsOver(w io.Writer, wg *sync.WaitGroup) {
	for range time.Tick(time.Second) {
		wg.Add(1)
		buf := make([]byte, 1<<20)
		n := runtime.Stack(buf, true) // advice: odd-shape
		go func() {
			w.Write(buf[:n])
			wg.Done()
		}()
		wg.Wait()
	}
}

func cancels(cancel context.CancelFunc) {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		if strings.Contains(string(buf[:n]), "deadlock") {
			cancel()
		}
	}
}

func exits() {
	buf := make([]byte, 1<<20)
	for range time.Tick(time.Second) {
		n := runtime.Stack(buf, true) // advice: odd-shape
		if strings.Contains(string(buf[:n]), "deadlock") {
			os.Exit(3)
		}
	}
}
