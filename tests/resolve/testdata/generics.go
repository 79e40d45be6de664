// Package generics declares type parameters wherever Go allows them.
package generics

import "cmp"

type Number interface{ ~int | ~float64 }

type List[T any] struct {
	next *List[T]
	of   T
}

type Pair[K comparable, V interface{ *K }] struct {
	k K
	v V
}

type Tree[T interface{ Less(T) bool }] struct{ left, right *Tree[T] }

type Alias[T any] = List[T]

func (l *List[T]) Push(t T) *List[T] {
	var u T = t
	return &List[T]{l, u}
}

func (p Pair[Number, List]) Swap(v List) (l List, n Number) {
	var k Number = p.k
	return v, k
}

func (_ Pair[_, V]) blank(v V) V { return v }

func Map[T, U any](ts []T, f func(T) U) (us []U) {
	for _, t := range ts {
		us = append(us, f(t))
	}
	return us
}

func Shadow[T Number, List interface{ ~[]T }](Number List) (cmp List) {
	for _, Number := range Number {
		cmp = append(cmp, Number)
	}
	return cmp
}

func Max[Number cmp.Ordered](a, b Number) Number {
	type local struct{ n Number }
	if l := (local{a}); l.n > b {
		return l.n
	}
	return b
}

var instances = []any{
	Map[int, string], List[Pair[int, *int]]{}, Max[float64](1, 2), (*List[int]).Push,
	func(T int) int { return T }(1),
}
