// Fields that share their lines.
package shared

import "runtime"

func release(number int) {}

type port struct {
	number int; name string }

func open(number int) *port {
	p := &port{number: number}
	runtime.SetFinalizer(p, func(p *port) { release(p.number) })
	return p
}

func (p *port) Close() {
	runtime.SetFinalizer(p, nil)
	release(p.number)
}
