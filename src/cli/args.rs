//! What the command line takes.

use clap::{Args as Group, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

#[cfg(test)]
mod written;

const ABOUT: &str = "\
Mends Go code: finds runtime anti-patterns, rewrites the exact source spans, and
proves with the Go toolchain that the result builds and vets before a byte is
written.";

const EXAMPLES: &str = "\
Examples:
  gomend check                       what is there to mend below this directory
  gomend fix --diff                  the safe fixes, proved, as a patch
  gomend fix ./internal/...          apply them
  gomend fix -i                      decide fix by fix
  gomend undo                        put the files back
  gomend explain time-after-in-loop  why, when, and when not

Exit status: 0 nothing found or all done, 1 findings remain or a fix could not
be applied, 2 usage, configuration or I/O error.

`gomend COMMAND -h` has a line for each option, `--help` has it all.";

/// The verbs in the order of `--help`, each group below its heading.
pub const VERBS: &[(&str, &[&str])] = &[
    ("Look", &["check", "explain", "rules", "audit", "report"]),
    ("Mend", &["fix", "undo"]),
    ("Move many", &["apply", "merge"]),
    ("Set up", &["init", "completions", "man"]),
];

const CHECK_EXAMPLES: &str = "\
Examples:
  gomend check ./cmd/... internal/db    two directories and all below them
  gomend check --select timers          the rules of one group
  gomend check --fail-on warning        notes do not fail the build
  gomend check --new-from-rev origin/main
                                        what this branch adds or changes
  gomend check --baseline known.json --write-baseline
                                        live with what is there; later runs
                                        say what is new
  gomend check --format json | jq .     for a program
  gomend check --format sarif > gomend.sarif
                                        for code scanning; github, gitlab,
                                        rdjson, checkstyle and junit for others
  gomend check --format markdown        a comment on a pull request
  gomend check --statistics             the numbers by rule, module and owner

Exit status: 0 no finding, or none as severe as --fail-on says, 1 findings,
2 an error.";

const FIX_EXAMPLES: &str = "\
Examples:
  gomend fix                            apply the safe fixes, once proved
  gomend fix --diff > fixes.patch       the same as a patch for `git apply`
  gomend fix -i --unsafe                decide fix by fix
  gomend fix --unsafe --select gosched  one rule, unsafe fixes too
  gomend fix --verify-config windows/amd64 --require-proof
                                        only what builds and vets there
  gomend fix --verify-cmd 'bazel build //{packages}:all'
                                        prove it by another build tool
  gomend fix --commit-per rule          a commit for each rule
  gomend fix --stdin-filename x.go - < x.go
                                        one file through a pipe, for an editor

Proof, each with those before it:
  none   what was written is parsed again; nothing switches that off
  gofmt  gofmt reads the files, and tidy ones stay tidy
  build  the packages and their tests compile
  vet    go vet has nothing new to say
  test   the tests of the packages pass; they run as `go test` runs them, and
         what they do to files and networks is up to them

Exit status: 0 all done, 1 a fix was not applied (with --diff and -l: there is
something to fix), 2 an error.

A patch that is longer than the screen goes through GOMEND_PAGER, PAGER or
less; an empty name or `cat` switches that off.";

const REPORT_EXAMPLES: &str = "\
Examples:
  gomend report -o report.html        a page that needs no network to be read
  gomend report ./internal/... --select all -o report.html
  gomend report --verify vet -o report.html
                                      each fix proved by Go; nothing is
                                      written but the page
  gomend report --format markdown     the numbers, for a wiki or pull request

Exit status: 0, whatever was found, or 2 an error.";

const UNDO_EXAMPLES: &str = "\
Examples:
  gomend undo         what the last run wrote, but for files changed since
  gomend undo --list  the runs of this directory
  gomend undo 12      what run 12 wrote

Exit status: 0 all put back, 1 a file was left alone, 2 an error.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  gomend explain gosched               what, why, before and after, when not
  gomend explain gosched --no-pager    at once, however long it is

`gomend rules` lists the rules. A page that is longer than the screen goes
through GOMEND_PAGER, PAGER or less.";

const RULES_EXAMPLES: &str = "\
Examples:
  gomend rules                         the best level of each rule, its default,
                                       its Go versions
  gomend rules --format json | jq '.[].id'
                                       for a program";

const AUDIT_EXAMPLES: &str = "\
Examples:
  gomend audit                       each package main below this directory
  gomend audit ./cmd/server          one program
  gomend audit --format markdown > checklist.md

Calls are followed from main through the packages of the module; Dockerfiles,
manifests and makefiles are read for variables.

Exit status: 0, whatever was found, or 2 an error.";

const APPLY_EXAMPLES: &str = "\
Examples:
  gomend fix --plan-out plan.json        plan and prove here, now
  gomend apply plan.json                 apply there, later
  gomend apply plan.json --split-by owner --out patches
                                         one patch for each owner instead
  gomend apply plan.json --commit-per rule

A file that has changed since is left alone, with all that share a fix with it,
and named.

Exit status: 0, 1 a file was left alone (with --diff and -l: there is something
to do), 2 an error.";

const MERGE_EXAMPLES: &str = "\
Examples:
  gomend check --shard 1/2 --format json > 1.json
  gomend check --shard 2/2 --format json > 2.json
  gomend merge 1.json 2.json > all.json
  gomend merge *.json -o all.json --fail-on warning
  gomend fix --shard 1/2 --plan-out plan-1.json
  gomend merge plan-*.json -o plan.json  plans too

A part that is missing, comes twice, was cut off or is of another run is refused.

Exit status: 0, 1 findings as severe as --fail-on says, 2 the parts cannot be
joined, or one of them had an error.";

const INIT_EXAMPLES: &str = "\
Examples:
  gomend init           gomend.toml, with each key explained
  gomend init --hook    an entry for pre-commit
  gomend init --schema  completion and checks of gomend.toml in editors";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  gomend completions bash > ~/.local/share/bash-completion/completions/gomend
  gomend completions zsh > ~/.zfunc/_gomend
  gomend completions fish > ~/.config/fish/completions/gomend.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  gomend man > ~/.local/share/man/man1/gomend.1";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "gomend", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
#[command(propagate_version = false, disable_help_subcommand = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Report findings; change nothing, never run Go
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Apply the safe fixes, proved by Go before they are written
    #[command(after_help = FIX_EXAMPLES)]
    Fix(Fix),
    /// Apply a plan that `fix --plan-out` wrote
    #[command(after_help = APPLY_EXAMPLES)]
    Apply(Apply),
    /// Make one HTML page of findings, diffs and the rules' pages
    #[command(after_help = REPORT_EXAMPLES)]
    Report(Report),
    /// Put back what a run of `fix` wrote
    #[command(after_help = UNDO_EXAMPLES)]
    Undo(Undo),
    /// Show the page of a rule: what, why, when not
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// List the rules
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
    /// Write a commented gomend.toml, or a hook for pre-commit
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Print the completions of a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print the man page
    #[command(after_help = MAN_EXAMPLES)]
    Man,
    /// Join the JSON or the plans of the parts of a run
    #[command(after_help = MERGE_EXAMPLES)]
    Merge(Merge),
    /// Go through a production checklist for each program
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(Audit),
}

/// What to look at, and with which rules.
#[derive(Debug, Default, Clone, Group)]
pub struct Target {
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
    /// testdata, third_party, ignored
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
    /// `all`
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
    /// Work everything out anew
    ///
    /// Nothing of earlier runs is used, and nothing is remembered for later ones
    #[arg(long)]
    pub no_cache: bool,
    #[command(flatten)]
    pub narrow: Narrow,
}

/// Which findings count.
#[derive(Debug, Default, Clone, Group)]
pub struct Narrow {
    /// Leave out the findings that FILE lists
    #[arg(long, value_name = "FILE", help_heading = "Which findings")]
    pub baseline: Option<PathBuf>,
    /// Only what changed since REV
    ///
    /// Only findings on lines changed since the merge base with REV, and in new files
    #[arg(long, value_name = "REV", help_heading = "Which findings")]
    pub new_from_rev: Option<String>,
    /// With --new-from-rev: changed files as a whole
    #[arg(long, requires = "new_from_rev", help_heading = "Which findings")]
    pub whole_files: bool,
    /// Only part K of N
    ///
    /// Each part is a set of package directories; `gomend merge` joins them and notices one that is
    /// missing
    #[arg(long, value_name = "K/N", help_heading = "Which findings")]
    pub shard: Option<crate::engine::shard::Shard>,
}

/// How to say it.
#[derive(Debug, Default, Clone, Group)]
pub struct Output {
    /// How to write: human, json, sarif, ...
    ///
    /// How findings are written: human, json, sarif, github, gitlab, checkstyle, junit, rdjson,
    /// markdown or patch
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true)]
    pub format: Format,
    /// Count by rule, module and owner
    ///
    /// The owners are those of a CODEOWNERS file
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    /// Show also what a guard kept, and why
    #[arg(long, help_heading = "Output")]
    pub show_kept: bool,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any finding
    Note,
    /// Findings about code that can fail, leak, block or report something untrue
    Warning,
    /// Nothing
    Never,
}

#[derive(Debug, Group)]
pub struct Check {
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub output: Output,
    /// What fails: note, warning, never
    ///
    /// The least severe finding that makes the exit status 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "note")]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub fail_on: FailOn,
    /// Write the findings to that FILE
    ///
    /// The findings take the place of what the file of --baseline lists
    #[arg(long, requires = "baseline", help_heading = "Which findings")]
    pub write_baseline: bool,
}

/// How fixes reach the repository.
#[derive(Debug, Default, Group)]
pub struct Delivery {
    /// A patch for each owner, directory, ...
    ///
    /// Write one patch for each owner (CODEOWNERS), directory, module or rule to the directory of
    /// --out, and leave the files as they are
    #[arg(long, value_enum, value_name = "KEY", requires = "out")]
    #[arg(hide_possible_values = true, help_heading = "Delivery", conflicts_with_all = ["diff", "list", "commit_per"])]
    pub split_by: Option<SplitBy>,
    /// Where the patches go
    ///
    /// The directory must be empty or not there yet
    #[arg(long, value_name = "DIR", requires = "split_by", help_heading = "Delivery")]
    pub out: Option<PathBuf>,
    /// A commit for each rule, module or owner
    ///
    /// Apply the fixes and commit them one by one; refuses a work tree with changes, runs the hooks
    /// of git, never pushes
    #[arg(long, value_enum, value_name = "KEY", conflicts_with_all = ["diff", "list"])]
    #[arg(hide_possible_values = true, help_heading = "Delivery")]
    pub commit_per: Option<CommitPer>,
    /// The message of these commits
    ///
    /// {key} {title} {fixes} {files} {proof} {version} stand for what they say
    #[arg(long, value_name = "TEXT", requires = "commit_per", help_heading = "Delivery")]
    pub commit_template: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitBy {
    Owner,
    Directory,
    Module,
    Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CommitPer {
    Rule,
    Module,
    Owner,
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

impl From<CommitPer> for SplitBy {
    fn from(per: CommitPer) -> SplitBy {
        match per {
            CommitPer::Rule => SplitBy::Rule,
            CommitPer::Module => SplitBy::Module,
            CommitPer::Owner => SplitBy::Owner,
        }
    }
}

#[derive(Debug, Group)]
pub struct Apply {
    /// What `fix --plan-out` or `merge` wrote
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Print a patch for `git apply`, write nothing
    #[arg(long)]
    pub diff: bool,
    /// List what would change, write nothing
    #[arg(short = 'l', long = "list", conflicts_with = "diff")]
    pub list: bool,
    /// Where the paths of the plan start
    ///
    /// By default the root of the git repository, else here
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Do not show the patch in a pager
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    pub delivery: Delivery,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

#[derive(Debug, Group)]
pub struct Fix {
    /// Apply unsafe fixes too
    ///
    /// They keep the intent, but something observable may change
    #[arg(long, alias = "unsafe-fixes", help_heading = "What to do")]
    pub r#unsafe: bool,
    /// Print a patch for `git apply`, write nothing
    #[arg(long, help_heading = "What to do")]
    pub diff: bool,
    /// List what would change, write nothing
    #[arg(short = 'l', long = "list", conflicts_with = "diff", help_heading = "What to do")]
    pub list: bool,
    /// Ask fix by fix, with the keys of `git add -p`
    #[arg(short, long, conflicts_with_all = ["diff", "list", "resume", "format"])]
    #[arg(conflicts_with_all = ["plan_out", "split_by", "commit_per"])]
    #[arg(help_heading = "What to do")]
    pub interactive: bool,
    /// With -i: go on with the review that was left
    #[arg(long = "resume", requires = "interactive", help_heading = "What to do")]
    pub review_on: bool,
    /// With -i: put what was accepted into the index
    #[arg(long, requires = "interactive", help_heading = "What to do")]
    pub stage: bool,
    /// Finish the run that ended half-way
    #[arg(long = "continue", conflicts_with_all = ["diff", "list"], help_heading = "What to do")]
    pub resume: bool,
    /// The first N fixes, the others another time
    #[arg(long, value_name = "N", help_heading = "What to do")]
    pub max_fixes: Option<usize>,
    /// Run gofmt over each changed file as a whole
    #[arg(long, help_heading = "What to do")]
    pub gofmt: bool,
    /// none, gofmt, build, vet or test
    ///
    /// How far to prove the fixes before they are written; by default vet, or what is possible
    #[arg(long, value_enum, value_name = "RUNG", hide_possible_values = true)]
    #[arg(help_heading = "Proof")]
    pub verify: Option<Verify>,
    /// Write only what was proved
    #[arg(long, help_heading = "Proof")]
    pub require_proof: bool,
    /// Give the whole proof so long: 90s, 5m, 1h
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Proof")]
    pub verify_timeout: Option<std::time::Duration>,
    /// Prove by this command, over a copy
    ///
    /// It runs after gofmt and what --verify names, in a copy of the repository that holds the
    /// fixes, and status 0 proves them. Each word with {packages} or {files} is repeated for each.
    /// For Bazel, Buck and others
    #[arg(long, value_name = "COMMAND", help_heading = "Proof")]
    pub verify_cmd: Option<String>,
    /// Prove for this system and these tags too
    ///
    /// GOOS/GOARCH and, after a comma, build tags: linux/arm64,integration. May be repeated
    #[arg(long, value_name = "SYSTEM", help_heading = "Proof")]
    pub verify_config: Vec<String>,
    /// Write a plan for `gomend apply` instead
    ///
    /// The files stay as they are; `-` is standard output
    #[arg(long, value_name = "FILE", help_heading = "Delivery")]
    #[arg(conflicts_with_all = ["diff", "list", "split_by", "commit_per"])]
    pub plan_out: Option<PathBuf>,
    #[command(flatten)]
    pub delivery: Delivery,
    #[command(flatten)]
    pub target: Target,
    #[command(flatten)]
    pub output: Output,
    /// Do not show the patch in a pager
    #[arg(long, help_heading = "Output")]
    pub no_pager: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Verify {
    /// Parse what was written, which nothing switches off
    None,
    /// gofmt reads it, and a tidy file stays tidy
    Gofmt,
    /// And the packages and their tests compile
    Build,
    /// And vet has nothing new to say
    Vet,
    /// And the tests of the packages pass
    Test,
}

#[derive(Debug, Group)]
pub struct Init {
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
pub struct Completions {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_enum, value_name = "SHELL", hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Group)]
pub struct Merge {
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
pub struct Report {
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
    /// Give the whole proof so long: 90s, 5m, 1h
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Proof")]
    pub verify_timeout: Option<std::time::Duration>,
    #[command(flatten)]
    pub target: Target,
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
pub struct Undo {
    /// The run, as --list names it [default: the last]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// List the runs that are remembered
    #[arg(long)]
    pub list: bool,
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
pub struct Explain {
    /// The rule's id
    #[arg(value_name = "RULE")]
    pub rule: String,
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
pub struct Rules {
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
pub struct Audit {
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
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

impl Audit {
    /// What to look at.
    pub fn target(&self) -> Target {
        let max_file_size = size("4M").unwrap_or(u64::MAX);
        Target {
            paths: self.paths.clone(),
            exclude: self.exclude.clone(),
            max_file_size,
            no_cache: true,
            ..Target::default()
        }
    }
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

fn go_version(text: &str) -> Result<crate::model::GoVersion, String> {
    crate::model::GoVersion::parse(text).ok_or_else(|| "write it as 1.23".to_owned())
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit =
        match text[digits..].trim_start().to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
            "" => 1,
            "k" => 1 << 10,
            "m" => 1 << 20,
            "g" => 1 << 30,
            _ => return Err("write a number with k, M or G behind it".to_owned()),
        };
    let number: u64 =
        text[..digits].parse().map_err(|_| "write a number with k, M or G behind it".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "that is more than any file has".to_owned())
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match &text[digits..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write seconds, or a number with s, m or h behind it".to_owned()),
    };
    let number: u64 = text[..digits].parse().map_err(|_| "write a number of seconds".to_owned())?;
    Ok(std::time::Duration::from_secs(number.saturating_mul(unit)))
}
