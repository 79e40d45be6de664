//! The names of the commands of `workspace/executeCommand`.

/// Trusts a folder: `[]` all that are open, `[uri]` that of a file or folder.
pub const TRUST: &str = "gomend.trust";

/// Shows the page of a rule: `[rule]`.
pub const EXPLAIN: &str = "gomend.explain";

/// Lists what the rule in an open rule file matches: `[uri]`.
pub const MATCHES: &str = "gomend.matches";

/// Suppresses a finding: `[uri, rule, position, reason]`.
pub const SUPPRESS: &str = "gomend.suppress";

/// All of them.
pub const ALL: &[&str] = &[TRUST, EXPLAIN, MATCHES, SUPPRESS];
