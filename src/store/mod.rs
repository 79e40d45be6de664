//! Atomic writes with a journal.
