//! What several rules ask: no rule imports another.

pub mod accessor;
pub mod address;
pub mod collection;
pub mod collector;
pub mod finalizer;
pub mod handler;
pub mod lifetime;
pub mod machine;
pub mod mem_stats;
pub mod pace;
pub mod processes;
pub mod servers;
pub mod stack_text;
pub mod thread;
pub mod touched;
pub mod unstopped;
