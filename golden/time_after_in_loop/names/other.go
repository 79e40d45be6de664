//go:build never

package names

func timeout() {}
