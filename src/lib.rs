//! gomend finds runtime anti-patterns in Go code, rewrites the exact source
//! spans, and proves what it writes with the Go toolchain.
//!
//! The floors of the house, bottom first. A floor imports only from floors
//! below it; `tests/floors.rs` checks that.

/// F0. Bytes: spans, edits, line positions, diffs. Knows no Go.
pub mod text;

/// F0. The files that a run reads, and a record of what the disk said of them.
pub mod disk;

/// F1. Syntax: a lexer's outline of a file and its parsed declarations. The
/// only module that names tree-sitter.
pub mod syntax;

/// F2. Meaning: imports, scopes, declarations of a package, effects, control
/// flow, Go versions.
pub mod model;

/// F3. The words a transform is written in: transform, site, verdict, fix.
pub mod rewrite;

/// The catalogue of transforms. Written in the words of F3; only `cli` joins
/// it with the engine.
#[path = "../transforms/catalogue.rs"]
pub mod transforms;

/// F3. Rules that are written as patches of Go: read, compiled, matched, applied.
pub mod pattern;

/// F4. The fixes that other tools propose, in the formats that they write.
pub mod foreign;

/// F4. Runs a catalogue over files: discovery, prefilters, plans, fixpoint.
pub mod engine;

/// F4. Proves rewritten files with gofmt, the compiler and vet, through an
/// overlay, before anything is written.
pub mod verify;

/// F4. Writes files atomically, with a journal that can be undone.
pub mod store;

/// F5. The production checklist of each program: what its code and the files beside it say.
pub mod audit;

/// F5. One file per output format.
pub mod report;

/// F5. Plan files, patches for owners, commits.
pub mod migrate;

/// F5. `gomend.toml`.
pub mod config;

/// F5. A person decides fix by fix.
pub mod review;

/// F5. What an editor asks, over the language server protocol.
pub mod lsp;

/// F6. The command line, one file per verb.
pub mod cli;
