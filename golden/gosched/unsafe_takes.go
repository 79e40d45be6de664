package gosched

import "runtime"

type mailbox struct {
	throughput int
	system     queue
	user       queue
	stopped    bool
}

// It ends when there is nothing left, and waits for nothing.
func (m *mailbox) runs(use func(int), most func() int) {
	handled, limit := 0, most()
	for {
		if handled > limit {
			handled = 0
			runtime.Gosched() // keeps: fairness-budget
		}
		handled++
		if item, ok := m.system.pop(); ok {
			use(item)
			continue
		}
		if m.stopped {
			return
		}
		if item, ok := m.user.pop(); ok {
			use(item)
		} else {
			return
		}
	}
}

func (m *mailbox) drains(use func(int)) {
	for {
		item, ok := m.user.pop()
		if !ok {
			return
		}
		use(item)
		runtime.Gosched() // unsafe: calls
	}
}

func (m *mailbox) drainsAll(next func() *int) (sum int) {
	for {
		item := next()
		if item == nil {
			break
		}
		sum += *item
		runtime.Gosched() // unsafe: calls
	}
	return sum
}

func (m *mailbox) retries(use func(int)) {
	for {
		item, ok := m.user.pop()
		if !ok {
			if m.stopped {
				return
			}
			runtime.Gosched() // keeps: waits
			continue
		}
		use(item)
	}
}

// It looks again at what it has not taken.
func (m *mailbox) polls(status func() (int, error)) error {
	for {
		state, err := status()
		if err != nil {
			return err
		}
		if state == 0 {
			return nil
		}
		runtime.Gosched() // keeps: waits
	}
}
