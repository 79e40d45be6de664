//! Findings for a person at a terminal.
