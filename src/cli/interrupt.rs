//! Ctrl-C while the Go toolchain is at work: the toolchain is ended with all
//! that it started, and nothing is written.
//!
//! Elsewhere the signal does what it does by default, which is as good: a look
//! at files leaves nothing behind, and writing can be interrupted anywhere.

#[cfg(unix)]
mod held;

#[cfg(unix)]
pub use held::HeldSignals;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Listens for Ctrl-C until it is dropped.
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    /// Without it the default holds, which only leaves the toolchain to end by itself.
    #[cfg(unix)]
    _held: Option<HeldSignals>,
}

impl Interrupt {
    /// Starts to listen. A second signal ends the process at once.
    pub fn listen() -> Interrupt {
        let asked = Arc::default();
        Interrupt {
            #[cfg(unix)]
            _held: hold(&asked).ok(),
            asked,
        }
    }

    /// Becomes true when someone asks to stop.
    pub fn asked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// Whether someone asked to stop.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn hold(asked: &Arc<AtomicBool>) -> std::io::Result<HeldSignals> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut held = HeldSignals::back(&[SIGINT, SIGTERM])?;
    // The order counts: the signal that sets the flag must not end the process yet.
    held.unless(asked)?;
    held.set(asked)?;
    Ok(held)
}

/// The run was ended from outside before it wrote anything.
#[derive(Debug, thiserror::Error)]
#[error("interrupted while the fixes were being proved; nothing was written")]
pub struct Interrupted;
