//! The store that `fix` writes through.

use crate::cli::io::Io;
use crate::cli::setup::{Setup, remembered_root};
use crate::cli::{Stop, writer};
use crate::store::{Store, StoreError};
use std::path::Path;

/// The store of `root`, when no run in it stands half-way.
pub(super) fn open(root: &Path, setup: &Setup, command: &str, io: &mut Io<'_>) -> Result<Store, Stop> {
    let store = writer::open(root, command, io)?;
    store.ensure_finished().map_err(|error| with_place(error, root, &setup.cwd))?;
    Ok(store)
}

/// The store's words, and where its commands are to be given when that is not
/// here.
fn with_place(error: StoreError, root: &Path, cwd: &Path) -> Stop {
    let half_way = matches!(error, StoreError::Unfinished { .. } | StoreError::HalfUndone { .. });
    if half_way && remembered_root(cwd) != root {
        return anyhow::anyhow!("{error} (both in that directory)");
    }
    error.into()
}
