//! Proof by the Go toolchain.
