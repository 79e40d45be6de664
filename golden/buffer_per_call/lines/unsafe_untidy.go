// Statements that share their lines: a buffer that is made on a line of its own is found.
package lines

import "io"

func first(r io.Reader) (n int, err error) { buf := make([]byte, 128<<10); n, err = r.Read(buf); return n, err }

func behind(r io.Reader) int {
	total := 1; buf := make([]byte, 128<<10); n, _ := r.Read(buf)
	total += n; return total
}

func before(r io.Reader) int { n := 2
	buf := make([]byte, 128<<10); n, _ = r.Read(buf); return n
}

func branch(r io.Reader, long bool) int {
	if long { buf := make([]byte, 128<<10); n, _ := r.Read(buf); return n }
	return 0
}; func next(r io.Reader) int { total := 0; buf := make([]byte, 128<<10)
	n, _ := r.Read(buf); return total + n }

func reads(r io.Reader) int {
	buf := make([]byte, 128<<10)
	n, _ := r.Read(buf); m, _ := r.Read(buf); return n + m
}; func writes(w io.Writer) { println("writes")
	buf := make([]byte, 128<<10) // keeps: zeroes-matter
	w.Write(buf); println(len(buf)) }
