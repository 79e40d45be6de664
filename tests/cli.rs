//! The command line as its users have it: the built binary over real trees.
//! What stands here is a contract that other people's scripts rely on.

mod alone;
mod check;
mod configuration;
mod daily;
#[cfg(unix)]
mod devices;
mod directives;
mod files;
mod fix;
mod foreign;
mod formats;
mod gate;
mod grammar;
mod habits;
mod help;
#[cfg(unix)]
mod hostile;
mod lines;
mod merge;
mod migrate;
mod narrow;
mod proof;
mod reasons;
mod report;
mod sarif;
mod statistics;
mod streams;
mod undo;
mod words;
