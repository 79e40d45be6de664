//! How a run says what it found.

use crate::report::ShowOptions;
use clap::{Args as Group, ValueEnum};

/// How to say it.
#[derive(Debug, Default, Clone, Group)]
pub struct OutputArgs {
    /// How to write: human, concise, ...
    ///
    /// How findings are written: human, concise (a line each), json, sarif, github, gitlab, checkstyle, junit, rdjson,
    /// markdown or patch
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true)]
    pub format: Format,
    /// Write to FILE, not to standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<std::path::PathBuf>,
    /// Count by rule, module and owner
    ///
    /// The owners are those of a CODEOWNERS file
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    /// Show what every fix changes
    ///
    /// By default the long form shows the lines of a fix where they are few
    #[arg(long, help_heading = "Output")]
    pub show_fixes: bool,
    /// List what a guard kept, and why
    #[arg(long, help_heading = "Output")]
    pub show_kept: bool,
    /// List what comments suppress, and why
    #[arg(long, help_heading = "Output")]
    pub show_suppressed: bool,
    /// List what was not looked at, and why
    #[arg(long, help_heading = "Output")]
    pub show_skipped: bool,
    /// Whether the findings are those of a search
    #[arg(skip)]
    pub searches: bool,
    /// Say only what went wrong
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true)]
    pub color: Colour,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Source excerpts for a person
    #[default]
    Human,
    /// A line for each finding
    Concise,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Workflow commands, for annotations by GitHub Actions
    Github,
    /// A Code Quality report, for GitLab
    Gitlab,
    /// Checkstyle's XML
    Checkstyle,
    /// JUnit's XML
    Junit,
    /// The Reviewdog Diagnostic Format
    Rdjson,
    /// A comment for a pull request
    Markdown,
    /// The safe fixes, unproved, for `git apply`
    Patch,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table for a person
    #[default]
    Human,
    /// One JSON document
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl OutputArgs {
    /// What is listed beside the findings.
    pub fn show(&self) -> ShowOptions {
        ShowOptions {
            kept: self.show_kept,
            suppressed: self.show_suppressed,
            skipped: self.show_skipped,
            fixes: self.show_fixes,
            matches: self.searches,
        }
    }
}
