//! The command line as its users have it: the built binary over real trees.
//! What stands here is a contract that other people's scripts rely on.

#[path = "support/toolchain.rs"]
mod toolchain;

#[path = "cli/ground.rs"]
mod ground;

#[path = "cli/check.rs"]
mod check;
#[path = "cli/configuration.rs"]
mod configuration;
#[cfg(unix)]
#[path = "cli/devices.rs"]
mod devices;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/fix.rs"]
mod fix;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/habits.rs"]
mod habits;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/merge.rs"]
mod merge;
#[path = "cli/migrate.rs"]
mod migrate;
#[path = "cli/narrow.rs"]
mod narrow;
#[path = "cli/proof.rs"]
mod proof;
#[path = "cli/sarif.rs"]
mod sarif;
#[path = "cli/statistics.rs"]
mod statistics;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/undo.rs"]
mod undo;
