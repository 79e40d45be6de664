//! SARIF 2.1.0, with the fixes, within the limits of GitHub's code scanning.
//!
//! Files are named from the root of the repository, columns are UTF-16 units
//! and a BOM is no column, as the standard and the services have it.

mod limits;
mod log;
mod place;
mod rules;

use super::input::{ReportInput, ReportNotes};
use std::io::{self, Write};

/// Writes the log of one run. Suppressed findings are in it, marked as such;
/// kept sites only where they are asked for.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let (log, notes) = limits::fitted(input)?;
    out.write_all(&log)?;
    out.flush()?;
    Ok(notes)
}
