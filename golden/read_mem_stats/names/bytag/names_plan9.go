package bytag

type metrics struct{}

func samples() {}
