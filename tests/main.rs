//! All tests that go through the library or the binary, in one program: a test
//! that waits for Go, a terminal or a browser leaves the processor to another.
//! `cargo test golden::` runs those of one file.

mod action;
mod align;
mod audit;
mod behaviour;
mod browser;
mod catalogue;
mod circles;
mod cleanup;
mod cli;
mod config;
mod corpus;
mod crash;
mod diff;
mod discover;
mod docs;
mod documents;
mod evidence;
mod floors;
mod golden;
mod ground;
mod growth;
mod kinds;
mod lsp;
mod metrics;
mod mutate;
mod outline;
mod own_declarations;
mod own_properties;
mod own_rules;
mod packs;
mod prefilter;
mod properties;
mod random;
mod replay;
mod report;
mod review;
mod scope;
mod store;
mod support;
mod tokens;
mod tolerance;
mod toolchain;
mod types;
mod verify;
