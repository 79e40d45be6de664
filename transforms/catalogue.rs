//! The list of all transforms, in the order in which they are tried.
//!
//! To add one: its file beside this one, a `mod` line, a line in `CATALOGUE`,
//! and its goldens. Everything else loops over the list.

mod automaxprocs;
mod block_profile_rate;
mod buffer_per_call;
mod caller_in_log_path;
mod channel_counter;
mod close_keeps_finalizer;
mod cpu_profile_rate;
mod cpu_profile_without_stop;
mod defer_in_loop;
mod defer_unlock;
mod finalizer_close;
mod finalizer_leak_counter;
mod finalizer_to_cleanup;
mod free_os_memory;
mod gc_in_benchmark;
mod gc_percent_off;
mod gomaxprocs_call;
mod gomaxprocs_one;
mod goroutine_per_item;
mod gosched;
mod interface_boxing;
mod lock_os_thread;
mod lock_without_unlock;
mod manual_gc;
mod missing_keep_alive;
mod num_cpu_for_parallelism;
mod num_goroutine_gate;
mod num_goroutine_in_metrics;
mod pprof_on_default_mux;
mod read_mem_stats;
mod read_mem_stats_per_request;
mod restarted_timeout;
mod select_default_spin;
pub mod shared;
mod stack_all_polled;
mod stack_fixed_buffer;
mod time_after_in_loop;
mod time_after_range;
mod time_after_sleep;
mod trace_always_on;
mod trace_without_stop;
mod tuning_in_library;
mod unbounded_profile_file;
mod unknown_runtime_metric;

use crate::rewrite::{GuardPages, RuleEntry};

macro_rules! entry {
    ($module:ident::$transform:ident) => {
        RuleEntry::of::<$module::$transform>(include_str!(concat!(stringify!($module), ".rs")), {
            static GUARDS: GuardPages = GuardPages::new();
            &GUARDS
        })
    };
}

/// Every transform. Where two want the same bytes, the one that comes first
/// here is taken in the first pass.
pub static CATALOGUE: &[RuleEntry] = &[
    entry!(time_after_in_loop::TimeAfterInLoop),
    entry!(time_after_sleep::TimeAfterSleep),
    entry!(time_after_range::TimeAfterRange),
    entry!(restarted_timeout::RestartedTimeout),
    entry!(manual_gc::ManualGc),
    entry!(gc_in_benchmark::GcInBenchmark),
    entry!(free_os_memory::FreeOsMemory),
    entry!(gc_percent_off::GcPercentOff),
    entry!(tuning_in_library::TuningInLibrary),
    // Before its sibling: where both may be applied, the reading that stays as
    // fresh as it was wins over a snapshot and a goroutine, which by then would
    // save half a microsecond.
    entry!(read_mem_stats::ReadMemStats),
    entry!(read_mem_stats_per_request::ReadMemStatsPerRequest),
    entry!(unknown_runtime_metric::UnknownRuntimeMetric),
    entry!(num_goroutine_in_metrics::NumGoroutineInMetrics),
    entry!(gosched::Gosched),
    entry!(lock_os_thread::LockOsThread),
    entry!(lock_without_unlock::LockWithoutUnlock),
    entry!(gomaxprocs_call::GomaxprocsCall),
    entry!(gomaxprocs_one::GomaxprocsOne),
    entry!(num_cpu_for_parallelism::NumCpuForParallelism),
    entry!(automaxprocs::Automaxprocs),
    entry!(num_goroutine_gate::NumGoroutineGate),
    // A finalizer that closes is dropped rather than taken away in `Close`.
    entry!(finalizer_leak_counter::FinalizerLeakCounter),
    entry!(finalizer_close::FinalizerClose),
    entry!(close_keeps_finalizer::CloseKeepsFinalizer),
    entry!(finalizer_to_cleanup::FinalizerToCleanup),
    entry!(missing_keep_alive::MissingKeepAlive),
    entry!(cpu_profile_rate::CpuProfileRate),
    entry!(block_profile_rate::BlockProfileRate),
    // A dump that is behind a threshold gets its room in the next pass.
    entry!(stack_all_polled::StackAllPolled),
    entry!(stack_fixed_buffer::StackFixedBuffer),
    entry!(trace_always_on::TraceAlwaysOn),
    entry!(trace_without_stop::TraceWithoutStop),
    entry!(cpu_profile_without_stop::CpuProfileWithoutStop),
    entry!(unbounded_profile_file::UnboundedProfileFile),
    entry!(caller_in_log_path::CallerInLogPath),
    entry!(pprof_on_default_mux::PprofOnDefaultMux),
    entry!(select_default_spin::SelectDefaultSpin),
    entry!(channel_counter::ChannelCounter),
    entry!(defer_in_loop::DeferInLoop),
    entry!(defer_unlock::DeferUnlock),
    entry!(goroutine_per_item::GoroutinePerItem),
    entry!(buffer_per_call::BufferPerCall),
    entry!(interface_boxing::InterfaceBoxing),
];

/// What was measured of every transform: see [`crate::rewrite::Evidence`].
pub static EVIDENCE: &str = include_str!("evidence.tsv");
