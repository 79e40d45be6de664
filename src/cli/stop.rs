//! How a verb ends.

/// Nothing to report, or all of it done.
pub(super) const OK: u8 = 0;

/// Findings remain, or a selected fix could not be applied.
pub(super) const FINDINGS: u8 = 1;

/// A usage, configuration or I/O error.
pub(super) const ERROR: u8 = 2;

/// Ended by Ctrl-C, as shells count it: 128 and the number of the signal.
pub(super) const INTERRUPTED: u8 = 130;

/// What ends a verb before its time: a sentence for standard error, exit 2.
pub(super) type Stop = anyhow::Error;
