//go:build !linux

package tagged

const procs = 1
