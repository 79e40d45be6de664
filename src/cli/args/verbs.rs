//! The options of the verbs that do not fix.

use super::Verify;
use super::output::{Colour, ListFormat};
use super::target::{FailOn, RuleArgs, TargetArgs};
use super::values::{duration, size};
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Group)]
pub struct InitArgs {
    /// Add a hook to .pre-commit-config.yaml instead
    #[arg(long)]
    pub hook: bool,
    /// Write gomend.schema.json for editors instead
    ///
    /// By the schema editors complete and check gomend.toml
    #[arg(long, conflicts_with = "hook")]
    pub schema: bool,
}

#[derive(Debug, Group)]
pub struct LspArgs {
    /// Trust every folder that is opened
    ///
    /// Rules of the folder itself are loaded, and Go proves fixes there. Without it the editor, or
    /// its user, says so for each folder
    #[arg(long)]
    pub trusted: bool,
    /// Speak over standard input and output, as it always does
    #[arg(long, hide = true)]
    pub stdio: bool,
}

#[derive(Debug, Group)]
pub struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_enum, value_name = "SHELL", hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Group)]
pub struct MergeArgs {
    /// JSON or plans of `--shard`, one for each part
    ///
    /// What `check --shard K/N --format json` or `fix --shard K/N --plan-out` wrote
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write to FILE, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What fails: note, warning, never
    ///
    /// The least severe finding that makes the exit status 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "never")]
    #[arg(hide_possible_values = true)]
    pub fail_on: FailOn,
}

#[derive(Debug, Group)]
pub struct ReportArgs {
    /// Write to FILE; `-` is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// html (a page) or markdown (the numbers)
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true)]
    pub format: ReportFormat,
    /// Say only what went wrong
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true)]
    pub color: Colour,
    /// none, gofmt, build, vet or test
    ///
    /// How far to prove the fixes, unsafe ones too; by default Go does not run
    #[arg(long, value_enum, value_name = "RUNG", hide_possible_values = true)]
    #[arg(help_heading = "Proof")]
    pub verify: Option<Verify>,
    /// Limit the time of the proof: 90s, 5m, 1m30s
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Proof")]
    pub verify_timeout: Option<std::time::Duration>,
    #[command(flatten)]
    pub target: TargetArgs,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// One page that needs nothing beside itself
    #[default]
    Html,
    /// A summary in tables
    Markdown,
}

#[derive(Debug, Group)]
pub struct UndoArgs {
    /// The run, as --list names it [default: the last]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// List the runs that are remembered
    #[arg(long)]
    pub list: bool,
    /// Say only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
    /// The directory whose runs are meant
    ///
    /// By default the nearest one upward with a run
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

#[derive(Debug, Group)]
pub struct ExplainArgs {
    /// A rule, a group of rules or a guard
    ///
    /// As `gomend rules` and the findings name them
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Do not show long output in a pager
    #[arg(long)]
    pub no_pager: bool,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
    #[command(flatten)]
    pub sources: RuleArgs,
}

#[derive(Debug, Group)]
pub struct RulesArgs {
    /// Only these groups or rules [default: all]
    #[arg(value_name = "GROUP")]
    pub groups: Vec<String>,
    #[command(flatten)]
    pub sources: RuleArgs,
    /// human (a table) or json
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, hide_possible_values = true)]
    pub format: ListFormat,
    /// Do not show long output in a pager
    #[arg(long)]
    pub no_pager: bool,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

#[derive(Debug, Group)]
pub struct AuditArgs {
    /// Files, directories or patterns [default: .]
    ///
    /// Files, directories (with all below them) or patterns such as ./cmd/...
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Leave out what GLOB covers
    ///
    /// The pattern is written as in a .gitignore; the flag may be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// human, json or markdown
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, hide_possible_values = true)]
    pub format: AuditFormat,
    /// Say of each line what was seen, and where
    #[arg(short, long)]
    pub verbose: bool,
    /// What fails: missing, undecidable, ...
    ///
    /// The answer that makes the exit status 1: missing, undecidable (or missing) or never
    #[arg(long, value_enum, value_name = "ANSWER", default_value_t, hide_possible_values = true)]
    pub fail_on: AuditFailOn,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

impl AuditArgs {
    /// What to look at.
    pub fn target(&self) -> TargetArgs {
        let max_file_size = size("4M").unwrap_or(u64::MAX);
        TargetArgs {
            paths: self.paths.clone(),
            exclude: self.exclude.clone(),
            max_file_size,
            no_cache: true,
            ..TargetArgs::default()
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AuditFailOn {
    /// A line of the checklist that is missing
    Missing,
    /// A line that is missing, or that nobody can decide
    Undecidable,
    /// Nothing
    #[default]
    Never,
}

#[derive(Debug, Group)]
pub struct CleanArgs {
    /// Say only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, Group)]
pub struct HelpArgs {
    /// The command [default: all of them]
    #[arg(value_name = "COMMAND")]
    pub verb: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// Lists for a person
    #[default]
    Human,
    /// One JSON document
    Json,
    /// A page of tables
    Markdown,
}
