//! What go.mod, go.work and build tags say of a file: its Go version and the timers it gets.

/// The channel semantics of timers in the programs that a package ends up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timers {
    /// Go 1.23 and later: a stopped or reset timer never delivers an old value.
    Synchronous,
    /// Before Go 1.23, or switched back: a value may be left in the channel.
    /// The reason is said.
    Asynchronous(String),
}
