//! `gomend` at a terminal, `fix -i` above all: the built binary behind a
//! pseudo-terminal, and what a person sees on its screen.
#![cfg(unix)]

mod cast;
mod edits;
mod foreign;
mod keys;
mod law;
mod pager;
mod resume;
mod screens;
mod seat;
mod stage;
mod svg;
