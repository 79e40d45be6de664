//! `gomend.toml`.
