package missing_keep_alive

import (
	"runtime"
	"syscall"
	"unsafe"
)

type request struct {
	data uintptr
	size uint32
}

func fill(fd uintptr, data []byte) {
	p := uintptr(unsafe.Pointer(&data[0])) // advice: address-in-integer
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
}

func inStruct(fd uintptr, data []byte) error {
	r := request{
		size: uint32(len(data)),
		data: uintptr(unsafe.Pointer(&data[0])), // advice: address-in-integer
	}
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, 1, uintptr(unsafe.Pointer(&r)))
	return errno
}

func later(fd uintptr) {
	var buffer [8]byte
	var p uintptr = uintptr(unsafe.Pointer(&buffer)) + 4 // advice: address-in-integer
	println("reading")
	syscall.Syscall(syscall.SYS_READ, fd, p, 4)
}

// The call keeps what is converted in its arguments.
func direct(fd uintptr, data []byte) {
	syscall.Syscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
}

func kept(fd uintptr, data []byte) {
	p := uintptr(unsafe.Pointer(&data[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
	runtime.KeepAlive(data)
}

func returned(fd uintptr, data []byte) []byte {
	p := uintptr(unsafe.Pointer(&data[0]))
	n, _, _ := syscall.Syscall(syscall.SYS_READ, fd, p, 8)
	return data[:n]
}

func deferred(fd uintptr, data []byte) {
	p := uintptr(unsafe.Pointer(&data[0]))
	defer runtime.KeepAlive(data)
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
}

func pinned(fd uintptr, data []byte) {
	var pinner runtime.Pinner
	pinner.Pin(&data[0])
	defer pinner.Unpin()
	p := uintptr(unsafe.Pointer(&data[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
}

// A pointer is seen by the collector.
func pointer(fd uintptr, data []byte) {
	p := unsafe.Pointer(&data[0])
	syscall.Syscall(syscall.SYS_READ, fd, uintptr(p), 8)
}

// A number only looked at.
func aligned(data []byte) bool {
	p := uintptr(unsafe.Pointer(&data[0]))
	return p%8 == 0
}

var global [8]byte

func always(fd uintptr) {
	p := uintptr(unsafe.Pointer(&global[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
}

type ring struct{ data []byte }

// Somebody else holds the memory as well.
func partOf(fd uintptr, r *ring) {
	data := r.data[:8]
	p := uintptr(unsafe.Pointer(&data[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
	println(len(r.data))
}

func held(fd uintptr) *ring {
	data := make([]byte, 8)
	r := &ring{data: data}
	p := uintptr(unsafe.Pointer(&data[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
	return r
}

var table [8]byte

func ofThePackage(fd uintptr) {
	g := &table
	p := uintptr(unsafe.Pointer(&g[0]))
	syscall.Syscall(syscall.SYS_READ, fd, p, 8)
}

func mapped(fd uintptr) {
	data, _ := syscall.Mmap(int(fd), 0, 4096, 1, 1)
	p := uintptr(unsafe.Pointer(&data[0]))
	syscall.Syscall(syscall.SYS_MADVISE, p, 4096, 1)
}

type database struct{ data *[4096]byte }

// What is unmapped is not the collector's.
func unmaps(db *database) error {
	p := uintptr(unsafe.Pointer(&db.data[0]))
	return unmapViewOfFile(p)
}

func unmapViewOfFile(p uintptr) error {
	_, _, err := syscall.Syscall(syscall.SYS_MUNMAP, p, 4096, 0)
	return err
}

func unmapsDirectly(db *database) {
	p := uintptr(unsafe.Pointer(&db.data[0]))
	syscall.Syscall(syscall.SYS_MUNMAP, p, 4096, 0)
}
