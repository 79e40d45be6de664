//! The right to write below a root, for which a run waits a moment.

use super::Stop;
use super::io::Io;
use crate::store::{Store, StoreError};
use anyhow::Context;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a run waits for one that writes below the same root.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Opens the store of `root`, after the run that writes there has ended.
pub fn open(root: &Path, command: &str, io: &mut Io<'_>) -> Result<Store, Stop> {
    let began = Instant::now();
    let mut told = false;
    loop {
        match Store::open(root, None, command) {
            Err(busy @ StoreError::Busy { .. }) if began.elapsed() >= PATIENCE => {
                return Err(busy).with_context(|| {
                    format!("another run was still running after {} seconds", PATIENCE.as_secs())
                });
            }
            Err(busy @ StoreError::Busy { .. }) => {
                if !told && io.stdout_is_terminal {
                    writeln!(io.stderr, "note: {busy}; this run waits up to {} s", PATIENCE.as_secs())?;
                }
                told = true;
                std::thread::sleep(PAUSE);
            }
            other => return Ok(other?),
        }
    }
}
