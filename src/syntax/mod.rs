//! Syntax of one file. The only module that names tree-sitter.

pub mod outline;
