// Package spelling has names that are hard to read: ünïcödé, one name many
// times in a line, names beside comments and semicolons.
package spelling

import (
	_ "embed"
	"math/rand/v2"
	u8 "unicode/utf8"
)

var ñ, 世界 = 1, func(ñ int) int { return ñ }

func f(a, b, c, d, e, g, h, i, j, k, l, m int, n ...string) { _ = a + b + c + l + m; _ = n }

func semicolons() { x := 1; y := x; x, z := y, x; _, _, _ = x, y, z; { x := x; _ = x }; _ = x }

func comments( /* a */ a /* b */ int /* c */) /* d */ (b /* e */ int) {
	for /* f */ a /* g */ := /* h */ a; /* i */ a < 2; /* j */ a++ /* k */ {
		b = /* l */ a
	}
	return 世界(ñ) + rand.Int() + u8.RuneLen('世') +
		// between
		b
}

func twelve() {
	type p = *int
	x := new(12 + ñ)
	y, z := new(*x), make([]p, *x)
	z[0] = new(func(x int) int { return x }(*y))
	_ = struct{ x, y p }{x: new(*x), y: y}
}
