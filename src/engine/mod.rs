//! Runs the catalogue that it is handed over any amount of Go.

pub mod audit;
pub mod describe;
pub mod discover;
pub mod embeds;
pub mod fingerprint;
pub mod fixes;
pub mod look;
pub mod modules;
pub mod narrow;
pub mod owners;
pub mod plan;
pub mod policy;
pub mod replay;
pub mod scan;
pub mod settle;
pub mod shard;
pub mod shelf;
pub mod sieve;
pub mod suppress;
