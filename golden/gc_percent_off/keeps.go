package gcpercentoff

import (
	"runtime"
	"runtime/debug"
	rd "runtime/debug"
)

func load(read func()) {
	debug.SetGCPercent(-1) // advice: stays-off
	read()
}

func throughAnAlias(read func()) int {
	old := rd.SetGCPercent(-100) // keeps: restores
	read()
	println(old)
	return 0
}

func blank(read func()) {
	_, n := 1, rd.SetGCPercent(-0x10) // keeps: restores
	read()
	println(n)
}

func andOn(read func()) {
	rd.SetGCPercent(-0x10) // advice: stays-off
	read()
}

func discarded() {
	_ = debug.SetGCPercent(-1) // keeps: restores
	debug.SetGCPercent(100)
}

func restoresByDefer(read func()) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // keeps: restores
	read()
}

func restoresLater(read func()) {
	old := debug.SetGCPercent(-1) // keeps: restores
	read()
	debug.SetGCPercent(old)
}

func handsTheOldOneOn() (restore int) {
	return debug.SetGCPercent(-1) // keeps: restores
}

func collectsByHand(steps []func()) {
	debug.SetGCPercent(-1) // keeps: collects-itself
	for _, step := range steps {
		step()
		runtime.GC()
	}
}

func benchLoad(read func()) {
	debug.SetGCPercent(-1) // keeps: test-code
	read()
}

func raised() {
	debug.SetGCPercent(400)
}

func asValue() func(int) int {
	return debug.SetGCPercent
}

type debugger struct{}

func (debugger) SetGCPercent(int) {}

func another(debug debugger) {
	debug.SetGCPercent(-1)
}

func thrownAway(read func()) {
	_ = debug.SetGCPercent(-1) // advice: stays-off
	read()
}
