package evidence

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// mask is a set of processors, as the kernel takes it.
type mask [16]uint64

// limit leaves the process the first n of its processors until restore is called.
func limit(n int) (restore func(), err error) {
	var old, few mask
	if err := affinity(syscall.SYS_SCHED_GETAFFINITY, 0, &old); err != nil {
		return nil, err
	}
	for processor := range len(old) * 64 {
		word, bit := processor/64, uint64(1)<<(processor%64)
		if n > 0 && old[word]&bit != 0 {
			few[word] |= bit
			n--
		}
	}
	if err := limitThreads(&few); err != nil {
		return nil, err
	}
	return func() { _ = limitThreads(&old) }, nil
}

// limitThreads binds each thread of the process; a new one takes after the one that starts it.
func limitThreads(set *mask) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return err
		}
		// A thread may have ended since.
		if err := affinity(syscall.SYS_SCHED_SETAFFINITY, id, set); err != nil && err != syscall.ESRCH {
			return err
		}
	}
	return nil
}

func affinity(call uintptr, thread int, set *mask) error {
	_, _, errno := syscall.RawSyscall(call, uintptr(thread), unsafe.Sizeof(*set), uintptr(unsafe.Pointer(set)))
	if errno != 0 {
		return errno
	}
	return nil
}
