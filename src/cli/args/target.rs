//! What is looked at, by which rules, and how findings are narrowed down.

use super::output::OutputArgs;
use super::values::{go_version, size};
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;

/// What to look at, and with which rules.
#[derive(Debug, Default, Clone, Group)]
pub struct TargetArgs {
    /// Files, directories or patterns [default: .]
    ///
    /// Files, directories (with all below them) or patterns such as ./internal/...; `-` reads one
    /// file from standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Read more paths from FILE, or from `-`
    ///
    /// The paths are separated by NUL or newline; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub files_from: Option<PathBuf>,
    /// The name of what standard input holds
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub stdin_filename: Option<PathBuf>,
    /// Look also at tests, vendor, generated, ...
    ///
    /// What is skipped by default, and looked at with these kinds: tests, generated, vendor,
    /// testdata, third_party, submodules, ignored
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', help_heading = "Files")]
    pub include: Vec<String>,
    /// Leave out what GLOB covers
    ///
    /// The pattern is written as in a .gitignore; the flag may be repeated
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub exclude: Vec<String>,
    /// Skip larger files; units k, M, G
    #[arg(long, value_name = "SIZE", default_value = "4M", value_parser = size, help_heading = "Files")]
    pub max_file_size: u64,
    /// Only these rules or groups; `all`: every rule
    ///
    /// They take the place of the configured ones. Opt-in rules run when they are named, or with
    /// `all`; those that gain nothing, as `rules` shows, only when they are named
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', help_heading = "Rules")]
    pub select: Option<Vec<String>>,
    /// These rules or groups too
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', help_heading = "Rules")]
    pub extend_select: Vec<String>,
    /// Not these rules or groups
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// The Go version where no go.mod says it
    #[arg(long, value_name = "1.N", value_parser = go_version, help_heading = "Go")]
    pub go: Option<crate::model::GoVersion>,
    /// Worker threads [default: all processors]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub jobs: usize,
    /// Take FILE for the configuration
    ///
    /// No gomend.toml is read but this one; its patterns start at the working directory
    #[arg(long, value_name = "FILE", conflicts_with = "isolated", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
    /// Say on standard error what is done
    ///
    /// Which configuration counts, how many rules run, how long it takes
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Work everything out again
    ///
    /// Nothing of earlier runs is used, and nothing is remembered for later ones
    #[arg(long)]
    pub no_cache: bool,
    #[command(flatten)]
    pub narrow: NarrowArgs,
    #[command(flatten)]
    pub sources: RuleArgs,
    /// The only rules of the run, where a verb names a change by itself.
    #[arg(skip)]
    pub rules: Vec<crate::rewrite::RuleEntry>,
}

/// Where the rules of the tree come from.
#[derive(Debug, Default, Clone, Group)]
pub struct RuleArgs {
    /// Read no configuration and no own rules
    ///
    /// No gomend.toml is read, and no rule of .gomend/rules: for a tree that somebody else wrote
    #[arg(long, help_heading = "Configuration")]
    pub isolated: bool,
    /// The rules of the tree as they are at REV
    ///
    /// For a check of changes that somebody else wrote: the rules of the main branch count, not
    /// those that the changes bring
    #[arg(long, value_name = "REV", help_heading = "Rules", conflicts_with = "isolated")]
    pub rules_from: Option<String>,
    /// Let the levels of these packs count
    ///
    /// By its module path. Without it no fix of a pack is safe, whatever the tree says
    #[arg(long, value_name = "PACK,...", value_delimiter = ',', help_heading = "Rules")]
    pub trust: Vec<String>,
    /// The file that counts in the place of each gomend.toml.
    #[arg(skip)]
    pub config: Option<PathBuf>,
}

/// Which findings count.
#[derive(Debug, Default, Clone, Group)]
pub struct NarrowArgs {
    /// Leave out the findings that FILE lists
    #[arg(long, value_name = "FILE", help_heading = "Which findings")]
    pub baseline: Option<PathBuf>,
    /// Only what changed since REV
    ///
    /// Only findings on lines changed since the merge base with REV, and in new files
    #[arg(long, value_name = "REV", group = "changes", help_heading = "Which findings")]
    pub new_from_rev: Option<String>,
    /// Changed files as a whole, not only lines
    ///
    /// Goes with --new-from-rev or --staged
    #[arg(long, requires = "changes", help_heading = "Which findings")]
    pub whole_files: bool,
    /// Only part K of N
    ///
    /// Each part is a set of package directories; `gomend merge` joins them and notices one that is
    /// missing
    #[arg(long, value_name = "K/N", help_heading = "Which findings")]
    pub shard: Option<crate::engine::shard::Shard>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any finding
    #[default]
    Note,
    /// Findings about code that can fail, leak, block or report something untrue
    Warning,
    /// Nothing
    Never,
}

#[derive(Debug, Default, Group)]
pub struct CheckArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// What fails: note, warning, never
    ///
    /// The least severe finding that makes the exit status 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "note")]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub fail_on: FailOn,
    /// Ask Go for types that a rule needs
    ///
    /// Rules of one's own may ask for the type of an expression; where the files of its package do
    /// not tell, the site is kept unless Go is asked. Nothing is compiled
    #[arg(long, help_heading = "Rules")]
    pub types: bool,
    /// Do not show long output in a pager
    #[arg(long, help_heading = "Output")]
    pub no_pager: bool,
    /// Write the findings to that FILE
    ///
    /// The findings take the place of what the file of --baseline lists
    #[arg(long, requires = "baseline", help_heading = "Which findings")]
    pub write_baseline: bool,
    /// Only what git's index changes
    ///
    /// Looks at the content that is staged for the next commit, not at the files on disk; only
    /// findings on staged lines count
    #[arg(long, group = "changes", help_heading = "Which findings")]
    pub staged: bool,
    /// Write a comment at each finding instead
    ///
    /// Each finding that is there gets the comment `//gomend:ignore RULE REASON`; generated and
    /// embedded files are left alone. `gomend undo` takes the comments back
    #[arg(long, value_name = "REASON", help_heading = "Instead of a check")]
    #[arg(conflicts_with_all = ["write_baseline", "staged", "format", "statistics"])]
    pub add_ignore: Option<String>,
    /// Check again whenever a file changes
    ///
    /// Clears the screen before each check; Ctrl-C ends it
    #[arg(long, conflicts_with_all = ["write_baseline", "staged", "add_ignore", "output"])]
    #[arg(help_heading = "Instead of a check")]
    pub watch: bool,
    /// Show the settings that count here
    ///
    /// Those for the first PATH, or for the working directory
    #[arg(long, help_heading = "Instead of a check")]
    pub show_settings: bool,
    /// List the files that would be checked
    #[arg(long, conflicts_with = "show_settings", help_heading = "Instead of a check")]
    pub show_files: bool,
}
