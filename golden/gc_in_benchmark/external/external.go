package external

// Double gives twice n.
func Double(n int) int { return n * 2 }
