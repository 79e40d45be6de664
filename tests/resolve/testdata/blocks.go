// Package blocks opens every block that Go has, with one name in all of them.
package blocks

import (
	"fmt"
	str "strings"
	. "time"
)

var x = fmt.Sprint(str.ToUpper("a"), Second)

type x2 = fmt.Stringer

func shadows(x int) (y int, err error) {
	x, z := x, x
	{
		x := x
		x, w := x+1, x
		_, _ = x, w
		var fmt = fmt.Sprint(x)
		_ = fmt
	}
	if x := x; x > 0 {
		x := x
		_ = x
	} else if y, x := x, x+1; y > x {
		_, _ = x, y
	} else {
		_ = x + y
	}
	switch x := x; x := any(x).(type) {
	case int:
		x, v := x+1, x
		_, _ = x, v
	case string, x2:
		_ = x
	default:
		func() { _ = x }()
	}
	switch x := x; {
	case x > 0:
		x := x
		_ = x
		fallthrough
	case x < 0:
		_ = x
	}
	for x := x; x < x+1; x++ {
		x := x
		_ = x
		break
	}
	for x, y := range []int{x, y} {
		_, _ = x, y
	}
	for x, y = range []int{x, y} {
		_, _ = x, y
	}
	for x := range x {
		_ = x
	}
	for range x {
		_ = x
	}
x:
	for {
		x := x
		_ = x
		break x
	}
	goto z
z:
	_ = z
	return x, err
}

func channels(x chan int) {
	ok := false
	select {
	case x := <-x:
		x, y := x, x
		_, _ = x, y
	case x, ok := <-x:
		_, _ = x, ok
	case x <- func() int { x := 1; return x }():
		_ = x
	case _, ok = <-x:
		_ = ok
	default:
		x := x
		_ = x
	}
}

func declarations() {
	const x, y = len("x"), 2
	var (
		z    = x
		w, v = z, z
	)
	type T struct {
		x    *T
		next []T
		f    func(x T) (y T)
	}
	type (
		B = int
		A struct{ b *B }
	)
	var t T = T{x: &T{}, next: []T{{}, {x: nil}}}
	_, _, _, _, _ = w, v, t, y, A{}
	var f func(int)
	f = func(x int) { f(x) }
	g := func(g int) { _ = g }
	g(1)
	type x2 []x2
	var _ x2
}

type I interface {
	M(x int, y x2) (z error)
	fmt.Stringer
}

func (x *T) method(y T) T {
	type T int
	_ = T(1)
	x.method(y)
	return *x
}

type T struct {
	T2 int
	x2
}

var cyclic = func() any { return other }
var other, more = func() (a, b int) { a = 1; return a, b }()
