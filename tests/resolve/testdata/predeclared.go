// Package predeclared declares names anew that the universe block has.
package predeclared

func expressions() (any, any) {
	iota, nil := 1, 2
	true, false := iota, nil
	use(iota, nil, true, false)
	if nil := true; nil == iota {
		use(nil)
	}
	for true := range 3 {
		use(true)
	}
	return true, false
}

func parameters(nil int, true ...string) (false bool) {
	use(nil, true, false)
	return
}

func constants() {
	const (
		first = iota
		iota  = iota + 1
		second
	)
	use(first, iota, second)
}

func builtins() {
	new := func(n int) int { return n }
	make := func(s string, n ...int) string { return s }
	use(new(1), make("a"), make("a", 1))
	{
		type new struct{ len int }
		use(new{1}, new{len: 2})
	}
	var len, cap = len("a"), cap([]int{})
	use(len, cap)
	type int string
	var error int = "a"
	var string = error
	use(string)
}

func use(...any) {}
