//! The language server as editors have it: the built binary, spoken to in its protocol.

mod actions;
mod client;
mod equal;
#[cfg(unix)]
mod neovim;
mod protocol;
mod robust;
mod rules;
mod trust;
mod workspace;
