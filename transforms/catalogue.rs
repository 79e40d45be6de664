//! The list of all transforms, in the order in which they are tried.
//!
//! To add one: its file beside this one, a `mod` line, a line in [`CATALOGUE`],
//! and its goldens. Everything else loops over the list.

mod gc_in_benchmark;
mod gosched;
mod manual_gc;
mod time_after_sleep;

use crate::rewrite::Entry;

macro_rules! entry {
    ($module:ident::$transform:ident) => {
        Entry::of::<$module::$transform>(include_str!(concat!(stringify!($module), ".rs")))
    };
}

/// Every transform. Where two want the same bytes, the one that comes first
/// here is taken in the first pass.
pub static CATALOGUE: &[Entry] = &[
    entry!(time_after_sleep::TimeAfterSleep),
    entry!(manual_gc::ManualGc),
    entry!(gc_in_benchmark::GcInBenchmark),
    entry!(gosched::Gosched),
];
