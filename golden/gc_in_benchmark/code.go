package gc_in_benchmark

func double(n int) int { return n * 2 }

var sink int
