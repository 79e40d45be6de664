//! What the command line takes.

use clap::{Args as Group, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use values::{duration, go_version, size};

mod examples;
mod mending;
mod output;
mod own;
mod values;
#[cfg(test)]
mod written;

pub use mending::{AllowedDirective, ApplyArgs, FixArgs, From, ProofArgs, SplitBy, Verify, WriteArgs};
pub use output::{Colour, Format, ListFormat, OutputArgs};
pub use own::{NewArgs, PacksArgs, PacksVerb, RewriteArgs, TestArgs};

const ABOUT: &str = "\
Mends Go code: finds runtime anti-patterns, rewrites the exact source spans, and
proves with the Go toolchain that the result builds and vets before a byte is
written.";

/// The verbs in the order of `--help`, each group below its heading.
pub const VERBS: &[(&str, &[&str])] = &[
    ("Look", &["check", "explain", "rules", "audit", "report", "lsp"]),
    ("Mend", &["fix", "undo"]),
    ("Write rules", &["rewrite", "new", "test", "packs"]),
    ("Move many", &["apply", "merge"]),
    ("Set up", &["init", "clean", "completions", "man"]),
    ("About", &["help", "version"]),
];

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "gomend", version, about = ABOUT, after_help = examples::ALL, max_term_width = 100)]
#[command(propagate_version = false, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Report findings; change nothing, never run Go
    #[command(after_help = examples::CHECK)]
    Check(CheckArgs),
    /// Apply the safe fixes, proved by Go before they are written
    #[command(after_help = examples::FIX)]
    Fix(FixArgs),
    /// Change code by a pattern, proved like a fix
    #[command(after_help = examples::REWRITE)]
    Rewrite(RewriteArgs),
    /// Write a rule of your own to begin with
    #[command(after_help = examples::NEW)]
    New(NewArgs),
    /// Run the examples of your own rules
    #[command(after_help = examples::TEST)]
    Test(TestArgs),
    /// Prove and apply a plan, or another tool's fixes
    #[command(after_help = examples::APPLY)]
    Apply(ApplyArgs),
    /// Make one HTML page of findings, diffs and the rules' pages
    #[command(after_help = examples::REPORT)]
    Report(ReportArgs),
    /// Run the language server, for editors
    #[command(after_help = examples::LSP)]
    Lsp(LspArgs),
    /// Put back what a run of `fix` wrote
    #[command(after_help = examples::UNDO)]
    Undo(UndoArgs),
    /// Show the page of a rule: what, why, when not
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// List the rules
    #[command(after_help = examples::RULES)]
    Rules(RulesArgs),
    /// Rules that come as Go modules: list them, add one
    #[command(after_help = examples::PACKS)]
    Packs(PacksArgs),
    /// Write a commented gomend.toml, or a hook for pre-commit
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Print the completions of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the man page
    #[command(after_help = examples::MAN)]
    Man,
    /// Join the JSON or the plans of the parts of a run
    #[command(after_help = examples::MERGE)]
    Merge(MergeArgs),
    /// Go through a production checklist for each program
    #[command(after_help = examples::AUDIT)]
    Audit(AuditArgs),
    /// Empty the caches, and say what that frees
    #[command(after_help = examples::CLEAN)]
    Clean(CleanArgs),
    /// Show this help, or the help of a command
    #[command(after_help = examples::HELP)]
    Help(HelpArgs),
    /// Show the version
    #[command(after_help = examples::VERSION)]
    Version,
}

impl Verb {
    /// Where standard output goes instead, as `-o` says.
    pub fn output(&self) -> Option<PathBuf> {
        match self {
            Verb::Check(check) => check.output.output.clone(),
            Verb::Fix(fix) => fix.output.output.clone(),
            Verb::Rewrite(rewrite) => rewrite.fix.output.output.clone(),
            _ => None,
        }
    }
}

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

/// The command line as it is parsed, with the verbs in groups.
pub fn command() -> clap::Command {
    let command = Args::command();
    let about = |verb: &str| command.find_subcommand(verb).and_then(|verb| verb.get_about().cloned());
    let mut listing = String::new();
    for (heading, verbs) in VERBS {
        listing += &format!("{heading}:\n");
        for verb in *verbs {
            listing += &format!("  {verb:<11}  {}\n", about(verb).unwrap_or_default());
        }
        listing.push('\n');
    }
    command.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{listing}Options:\n{{options}}{{after-help}}"
    ))
}

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
