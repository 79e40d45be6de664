//! Ctrl-C while the Go toolchain is at work: the toolchain is ended with all
//! that it started, and nothing is written.
//!
//! Elsewhere the signal does what it does by default, which is as good: a look
//! at files leaves nothing behind, and writing can be interrupted anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Listens for Ctrl-C until it is dropped.
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Interrupt {
    /// Starts to listen. A second signal ends the process at once.
    pub fn listen() -> Interrupt {
        let interrupt = Interrupt { asked: Arc::default(), over: Arc::default() };
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGINT, SIGTERM};
            use signal_hook::flag;
            for signal in [SIGINT, SIGTERM] {
                // The order counts: a flag that this signal sets must not end
                // the process yet. Without a handler the default holds, which
                // only leaves the toolchain to end by itself.
                let _ = flag::register_conditional_default(signal, Arc::clone(&interrupt.over));
                let _ = flag::register_conditional_default(signal, Arc::clone(&interrupt.asked));
                let _ = flag::register(signal, Arc::clone(&interrupt.asked));
            }
        }
        interrupt
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

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// The run was ended from outside before it wrote anything.
#[derive(Debug, thiserror::Error)]
#[error("interrupted while the fixes were being proved; nothing was written")]
pub struct Interrupted;
