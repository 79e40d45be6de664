//! Proof by the Go toolchain: rewritten files go to gofmt, the compiler and
//! vet through `-overlay`, before anything is written.
//!
//! This floor knows files and fixes, no transforms. What it relies on was
//! measured with go 1.26:
//!
//! - Types come from `go list -e -export -test -gcflags=...`, which compiles
//!   exactly what `go build` compiles, and the test variants `p [p.test]` and
//!   `p_test [p.test]` too, each reported apart. It names what it compiled
//!   (positive evidence instead of silence), goes on past a missing dependency
//!   and links and installs nothing. `go vet` alone stops at the first type
//!   error of a package.
//! - The error limit is lifted (`-gcflags=-e`) only for packages that reach it,
//!   so that ordinary runs share the build cache with the user's own builds.
//! - The baseline (the code on disk) is looked at only for packages with
//!   something to say: what says nothing after the rewrite needs no excuse.
//! - go ignores an overlay without a word when its keys are spelled otherwise
//!   than go spells the paths. Names are taken from `go list`, it runs with
//!   `PWD` set to the real path, and every file must first be seen to break in
//!   a overlay_probe.

mod bisect;
mod blame;
mod candidate;
mod check;
mod check_outcome;
mod command;
mod constraint;
mod diagnostic;
mod flags;
mod inputs;
mod listing;
mod mirror;
mod module_context;
mod options;
mod overlay;
mod overlay_probe;
mod paths;
mod platform;
mod progress;
mod proof;
mod proof_cache;
mod reasons;
mod resolve;
mod session;
mod testing;
mod tidy;
mod toolchain;
mod types;
mod unit;
mod user_command;
mod verdicts;
mod waiting;

pub use candidate::{CandidateFixes, FixRef, RenderError, Rendered};
pub use options::{BuildConfig, Cache, ProofOptions, Rung};
pub use progress::ProofProgress;
pub use proof::prove;
pub use types::AskedTypes;
pub use user_command::UserCommand;
pub use verdicts::Verdicts;

/// Whether a fix with this reason is unproved for want of a C compiler and nothing else.
pub fn for_want_of_cgo(reason: &str) -> bool {
    reason.starts_with(reasons::CGO)
}
