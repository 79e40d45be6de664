package settle

import "runtime/debug"

func each(steps []func()) {
	for _, step := range steps {
		step()
		debug.FreeOSMemory() // keeps: test-code
	}
}
