package library

// Somebody else may serve them, or nobody.
import _ "net/http/pprof"
