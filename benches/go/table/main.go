// Command table reads what `go test -bench` of this module prints and writes
// the medians of each rule, beside what its seed claims, as a table of tabs.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// claim is what a seed says of a rule.
type claim struct{ exercise, figure string }

// side holds the measurements of a rule by side and unit.
type sides map[string]map[string][]float64

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -bench . ./... | go run ./table SEEDS > TABLE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(seeds string, in io.Reader, out io.Writer) error {
	claims, order, err := readClaims(seeds)
	if err != nil {
		return err
	}
	measured, cpu, err := readBenchmarks(in)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "# Medians of scripts/evidence.sh, %s %s/%s, GOMAXPROCS=%d, %s\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), cpu)
	fmt.Fprintln(out, "# rule\tunit\tbefore\tafter\texercise\tseed")
	for _, rule := range order {
		both := measured[rule]
		unit, err := unitOf(both)
		if err != nil {
			return fmt.Errorf("%s: %w", rule, err)
		}
		before, after := median(both["before"][unit]), median(both["after"][unit])
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", rule, unit, plain(before), plain(after),
			claims[rule].exercise, claims[rule].figure)
		delete(measured, rule)
	}
	if len(measured) > 0 {
		return fmt.Errorf("%s has no line for %v", seeds, slices.Sorted(maps.Keys(measured)))
	}
	return nil
}

func readClaims(path string) (map[string]claim, []string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	claims := map[string]claim{}
	var order []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 {
			return nil, nil, fmt.Errorf("%s: %q has %d columns, not 3", path, line, len(parts))
		}
		claims[parts[0]] = claim{parts[1], parts[2]}
		order = append(order, parts[0])
	}
	return claims, order, nil
}

func readBenchmarks(in io.Reader) (measured map[string]sides, cpu string, err error) {
	measured = map[string]sides{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if model, ok := strings.CutPrefix(lines.Text(), "cpu: "); ok {
			cpu = model
		}
		words := strings.Fields(lines.Text())
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := strings.Split(words[0], "/")
		if len(name) != 3 {
			continue
		}
		rule, side := name[1], strings.TrimRight(strings.TrimRight(name[2], "0123456789"), "-")
		if measured[rule] == nil {
			measured[rule] = sides{"before": {}, "after": {}}
		}
		for at := 2; at+1 < len(words); at += 2 {
			value, err := strconv.ParseFloat(words[at], 64)
			if err != nil {
				return nil, "", fmt.Errorf("%q: %w", lines.Text(), err)
			}
			unit := words[at+1]
			measured[rule][side][unit] = append(measured[rule][side][unit], value)
		}
	}
	return measured, cpu, lines.Err()
}

// unitOf is the unit that a pair reports by itself, or time.
func unitOf(both sides) (string, error) {
	if len(both["before"]["ns/op"]) == 0 || len(both["after"]["ns/op"]) == 0 {
		return "", fmt.Errorf("it was not measured on both sides")
	}
	for _, unit := range slices.Sorted(maps.Keys(both["before"])) {
		if unit != "ns/op" && unit != "B/op" && unit != "allocs/op" {
			return unit, nil
		}
	}
	return "ns/op", nil
}

func median(values []float64) float64 {
	slices.SortFunc(values, cmp.Compare)
	return values[len(values)/2]
}

// plain writes a figure with three digits that count.
func plain(value float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 3, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
