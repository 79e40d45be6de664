//! The gomend binary.

fn main() {}
