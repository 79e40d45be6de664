//! Signals that are held back from what they do by default.
//!
//! A handler can be taken off a signal, but the system's own cannot be put back. So one
//! handler stays on each signal that was ever held, and while nobody holds the signal, it
//! does what the system would have done.

use signal_hook::{SigId, flag, low_level};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The signals that were ever held.
static GATES: Mutex<BTreeMap<i32, Gate>> = Mutex::new(BTreeMap::new());

struct Gate {
    /// Whether the signal does what it does by default.
    open: Arc<AtomicBool>,
    holders: usize,
}

fn gates() -> MutexGuard<'static, BTreeMap<i32, Gate>> {
    GATES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Some signals, which do not do what they do by default until this is dropped.
#[derive(Default)]
pub struct HeldSignals {
    signals: Vec<i32>,
    handlers: Vec<SigId>,
}

impl HeldSignals {
    /// Holds `signals` back.
    ///
    /// # Errors
    /// Those of the system, which then leaves the signals as they were.
    pub fn back(signals: &[i32]) -> io::Result<HeldSignals> {
        // Dropped after the lock on the gates, which it takes itself.
        let mut held = HeldSignals::default();
        let mut gates = gates();
        for signal in signals {
            let gate = match gates.entry(*signal) {
                Entry::Occupied(gate) => gate.into_mut(),
                Entry::Vacant(place) => {
                    let open = Arc::new(AtomicBool::new(true));
                    flag::register_conditional_default(*signal, Arc::clone(&open))?;
                    place.insert(Gate { open, holders: 0 })
                }
            };
            gate.holders += 1;
            gate.open.store(false, Ordering::SeqCst);
            held.signals.push(*signal);
        }
        drop(gates);
        Ok(held)
    }

    /// Sets `flag` when one of the signals comes.
    ///
    /// # Errors
    /// Those of the system.
    pub fn set(&mut self, flag: &Arc<AtomicBool>) -> io::Result<()> {
        for signal in &self.signals {
            self.handlers.push(flag::register(*signal, Arc::clone(flag))?);
        }
        Ok(())
    }

    /// Lets a signal do what it does by default when it comes while `flag` is set.
    ///
    /// # Errors
    /// Those of the system.
    pub fn unless(&mut self, flag: &Arc<AtomicBool>) -> io::Result<()> {
        for signal in &self.signals {
            self.handlers.push(flag::register_conditional_default(*signal, Arc::clone(flag))?);
        }
        Ok(())
    }
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        let mut gates = gates();
        for signal in &self.signals {
            if let Some(gate) = gates.get_mut(signal) {
                gate.holders -= 1;
                gate.open.store(gate.holders == 0, Ordering::SeqCst);
            }
        }
        drop(gates);
        for handler in self.handlers.drain(..) {
            low_level::unregister(handler);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signal_hook::consts::SIGWINCH;

    #[test]
    fn a_signal_is_free_when_the_last_holder_goes() {
        // By default this signal does nothing, so the test survives it.
        let open = || gates()[&SIGWINCH].open.load(Ordering::SeqCst);
        let seen = Arc::new(AtomicBool::new(false));
        let mut first = HeldSignals::back(&[SIGWINCH]).unwrap();
        let second = HeldSignals::back(&[SIGWINCH]).unwrap();
        first.set(&seen).unwrap();
        low_level::raise(SIGWINCH).unwrap();
        assert!(seen.swap(false, Ordering::SeqCst));
        drop(first);
        assert!(!open());
        low_level::raise(SIGWINCH).unwrap();
        assert!(!seen.load(Ordering::SeqCst), "nobody asked for it any more");
        drop(second);
        assert!(open());
    }
}
