package names

func pollMemStats() {}
