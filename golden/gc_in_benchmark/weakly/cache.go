// Package weakly is counterexample 12: a cache over weak pointers.
package weakly

import "weak"

type Cache map[string]weak.Pointer[int]

func (c Cache) Live(key string) bool { return c[key].Value() != nil }
