//! Runs the catalogue that it is handed over any amount of Go.

pub mod cleanup;
pub mod describe;
pub mod discover;
pub mod embeds;
pub mod file_cache;
pub mod fingerprint;
pub mod fixes;
pub mod ignoring;
pub mod matches;
pub mod modules;
pub mod narrow;
pub mod owners;
pub mod plan;
pub mod policy;
pub mod prefilter;
pub mod replay;
pub mod scan;
pub mod shard;
pub mod suppress;
