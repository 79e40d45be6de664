package gosched

import (
	"encoding/binary"
	"math"
	"runtime"
	"strings"
)

// The example of the catalogue.
func compute(data []float64) float64 {
	sum := 0.0
	for i, v := range data {
		sum += math.Sqrt(v) * math.Sin(v)
		if i%1000 == 0 {
			runtime.Gosched() // be nice
		}
	}
	return sum
}

func counter(words []string) int {
	total := 0
	n := 0
	for _, word := range words {
		total += len(strings.ToUpper(word))

		n++
		if n%100 == 0 {
			// Give other goroutines a chance to run.
			runtime.Gosched()
		}
	}
	return total
}

func counted(out []int, limit int) {
	for i := 0; i < limit; i++ {
		out[i] = i * i
		runtime.Gosched()
	}
}

func nested(rows [][]int) (sum int) {
	for y, row := range rows {
		for x := range row {
			sum += row[x]
			if (x+y)&1023 == 0 && sum > 0 {
				runtime.Gosched()
			}
		}
		runtime.Gosched()
	}
	return
}

func alternatives(counts map[string]int, limit int) []string {
	var names []string
	for name, count := range counts {
		if count > limit {
			names = append(names, name)
		} else {
			runtime.Gosched()
		}
		if count == limit {
			runtime.Gosched()
		} else {
			names = append(names, name, name)
		}
	}
	return names
}

func initialised(words []string) (longest string) {
	for i, word := range words {
		if turn := i % 256; turn == 255 {
			runtime.Gosched()
		}
		if len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

// index leaves the loop by what it walks over.
func index(words []string, word string) int {
	for i, other := range words {
		if other == word {
			return i
		}
		if i%64 == 0 {
			runtime.Gosched()
		}
	}
	return -1
}

type point struct {
	x, y float64
	skip bool
}

func (p point) norm() float64 { return math.Hypot(p.x, p.y) }

type path struct {
	points []point
	sum    uint32
}

// Methods of the package and fields of its types are known.
func (p *path) length() (sum float64) {
	for i, at := range p.points {
		if at.skip {
			continue
		}
		sum += at.norm() + scaled[float64](at.x)
		if i%32 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func scaled[T float32 | float64](x T) T { return x * 2 }

func (p *path) checksum(data []byte) {
	for len := range len(data) / 4 {
		p.sum ^= binary.LittleEndian.Uint32(data[len*4:])
		if len%4096 == 0 {
			runtime.Gosched()
		}
	}
}

func converges(x float64) float64 {
	root := x
	for i := range 100 {
		next := (root + x/root) / 2
		if math.Abs(next-root) < 1e-9 {
			break
		}
		root = next
		if i%10 == 9 {
			runtime.Gosched()
		}
	}
	return root
}

func labelled(grid [][]int) (found int) {
rows:
	for y, row := range grid {
		for _, cell := range row {
			if cell < 0 {
				continue rows
			}
			found += cell
		}
		if y%16 == 0 {
			runtime.Gosched()
		}
	}
	return found
}

func oneLine(data []int) (sum int) {
	for i := range data {
		sum += data[i]
		runtime.Gosched()
	}
	for _, v := range data {
		sum ^= v
		if v == 0 {
			runtime.Gosched()
		}
	}
	return sum
}

func commented(data []int) (sum int) {
	for i := range data {
		sum += data[i]

		// Yield now and then.
		if i%10 == 0 { // every tenth
			runtime.Gosched()
		}

		// Odd ones count twice.
		if data[i]%2 == 1 {
			sum += data[i]
		}
	}
	return sum
}

func twice(data []int) (sum int) {
	for i, v := range data {
		sum += v
		if i%10 == 0 {
			runtime.Gosched()
			runtime.Gosched()
		}
	}
	return sum
}

func modern(data []int) []*int {
	var all []*int
	for i, v := range data {
		all = append(all, new(v*2))
		if i%10 == 0 {
			runtime.Gosched()
		}
	}
	return all
}

// pure runs in a literal that captures nothing.
var pure = func(data []int) (sum int) {
	for i, v := range data {
		sum += v
		if i%10 == 0 {
			runtime.Gosched()
		}
	}
	return sum
}
