//! Unified diffs that `git apply` takes, byte for byte.
