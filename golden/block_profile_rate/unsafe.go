package block_profile_rate

import "runtime"

func init() {
	runtime.SetBlockProfileRate(1)
}

const every = 1

func init() {
	{
		runtime.SetBlockProfileRate(every) // all of them
	}
}
