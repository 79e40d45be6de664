package system

func (n *node) Close() error {
	n.next = nil
	return nil
}
