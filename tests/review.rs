//! `gomend` at a terminal, `fix -i` above all: the built binary behind a
//! pseudo-terminal, and what a person sees on its screen.
#![cfg(unix)]

#[path = "support/toolchain.rs"]
mod toolchain;

#[allow(dead_code, reason = "shared with the tests of the command line")]
#[path = "cli/ground.rs"]
mod ground;

mod support;

#[path = "review/seat.rs"]
mod seat;

#[path = "review/edits.rs"]
mod edits;
#[path = "review/keys.rs"]
mod keys;
#[path = "review/law.rs"]
mod law;
#[path = "review/pager.rs"]
mod pager;
#[path = "review/resume.rs"]
mod resume;
#[path = "review/screens.rs"]
mod screens;
#[path = "review/stage.rs"]
mod stage;
