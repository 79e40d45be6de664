package off

import "runtime/debug"

func start() { debug.SetGCPercent(-1) }

func inLoop(steps []func()) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: collector-off
	}
}
