//! Why a finalizer stays.

/// The guard that refuses, and what it saw.
pub(super) type CleanupRefusal = (&'static str, String);
