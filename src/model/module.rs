//! What go.mod, go.work and build tags say of a file: its Go version and the timers it gets.
