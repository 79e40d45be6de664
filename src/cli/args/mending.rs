//! What `fix` and `apply` take.

use super::values::duration;
use super::{Colour, Format, OutputArgs, TargetArgs};
use clap::{Args as Group, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// How fixes reach the repository.
#[derive(Debug, Default, Group)]
pub struct WriteArgs {
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

impl std::convert::From<CommitPer> for SplitBy {
    fn from(per: CommitPer) -> SplitBy {
        match per {
            CommitPer::Rule => SplitBy::Rule,
            CommitPer::Module => SplitBy::Module,
            CommitPer::Owner => SplitBy::Owner,
        }
    }
}

/// How far the fixes are proved, and what may be written without it.
#[derive(Debug, Default, Group)]
pub struct ProofArgs {
    /// none, gofmt, build, vet or test
    ///
    /// How far to prove the fixes before they are written; by default vet. What cannot be proved so far is not written
    #[arg(long, value_enum, value_name = "RUNG", hide_possible_values = true)]
    #[arg(help_heading = "Proof")]
    pub verify: Option<Verify>,
    /// Write what could not be proved, too
    ///
    /// By default it is named with the reason, and stays as it is
    #[arg(long, help_heading = "Proof", conflicts_with = "require_proof")]
    pub allow_unproved: bool,
    /// Write nothing without a proof, as is usual
    ///
    /// Stands against `verify = "none"` in gomend.toml
    #[arg(long, help_heading = "Proof")]
    pub require_proof: bool,
    /// Limit the time of the proof: 90s, 5m, 1m30s
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Proof")]
    pub verify_timeout: Option<Duration>,
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
}

#[derive(Debug, Group)]
pub struct ApplyArgs {
    /// A plan, or the fixes of another tool
    ///
    /// What `fix --plan-out` or `merge` wrote; or the JSON of `go fix -json`, `go vet -json` or
    /// golangci-lint, SARIF, rdjson, a unified diff. `-` is standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["run", "review_on"])]
    pub plan: Option<PathBuf>,
    /// plan, go-analysis, golangci, sarif, ...
    ///
    /// What FILE is, where it cannot be told: plan, go-analysis (go fix -json and others),
    /// golangci, sarif, rdjson or diff
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    #[arg(help_heading = "Fixes of other tools")]
    pub from: Option<From>,
    /// Run this tool and take the fixes it prints
    ///
    /// COMMAND is split into words, no shell reads it. Files that the tool itself changes are left
    /// alone
    #[arg(long, value_name = "COMMAND", conflicts_with = "plan")]
    #[arg(help_heading = "Fixes of other tools")]
    pub run: Option<String>,
    /// Fix files that are newer than FILE, too
    ///
    /// By default such a file is left alone: no format but the plan's says which text it is about
    #[arg(long, help_heading = "Fixes of other tools")]
    pub trust_stale: bool,
    /// Let fixes add: cgo, embed, build, ...
    ///
    /// A fix that adds `import "C"` or `#cgo` (cgo), `//go:embed` (embed), `//go:linkname`
    /// (linkname) or `//go:generate` (generate) is refused: the proof would compile or read what
    /// it names. So is one that changes `//go:build` (build): it would not be compiled. The same
    /// holds for a change around such a line that brings it into force or puts it out of force
    #[arg(long, value_enum, value_name = "KIND,...", value_delimiter = ',')]
    #[arg(hide_possible_values = true, help_heading = "Fixes of other tools")]
    pub allow_directive: Vec<AllowedDirective>,
    /// Fix also generated, vendor, testdata, ...
    ///
    /// What is left alone by default, and fixed with these kinds: generated, vendor, testdata,
    /// third_party, submodules, ignored
    #[arg(long, value_name = "KIND,...", value_delimiter = ',')]
    pub include: Vec<String>,
    /// Leave out the fixes that FILE lists
    #[arg(long, value_name = "FILE", help_heading = "Fixes of other tools")]
    pub baseline: Option<PathBuf>,
    /// List the fixes in the file of --baseline
    ///
    /// Nothing else is done; later runs leave them out
    #[arg(long, requires = "baseline", help_heading = "Fixes of other tools")]
    pub write_baseline: bool,
    /// The first N fixes, the others another time
    #[arg(long, value_name = "N", help_heading = "Fixes of other tools")]
    pub max_fixes: Option<usize>,
    /// Only part K of N, by package directory
    #[arg(long, value_name = "K/N", help_heading = "Fixes of other tools")]
    pub shard: Option<crate::engine::shard::Shard>,
    /// Write a plan instead, for later
    ///
    /// The files stay as they are; `-` is standard output
    #[arg(long, value_name = "FILE", help_heading = "Delivery")]
    #[arg(conflicts_with_all = ["diff", "list", "split_by", "commit_per"])]
    pub plan_out: Option<PathBuf>,
    /// Print a patch for `git apply`, write nothing
    #[arg(long)]
    pub diff: bool,
    /// List what would change, write nothing
    #[arg(short = 'l', long = "list", conflicts_with = "diff")]
    pub list: bool,
    /// Ask fix by fix, as `fix -i` does
    ///
    /// Each is shown with what the tool says of it and with the words of the proof; Tab walks
    /// through the ways to fix a place, `s` takes apart fixes that build without each other
    #[arg(short, long, conflicts_with_all = ["diff", "list", "plan_out", "split_by", "commit_per"])]
    #[arg(conflicts_with = "write_baseline")]
    pub interactive: bool,
    /// With -i: go on with the review that was left
    #[arg(long = "resume", requires = "interactive")]
    pub review_on: bool,
    /// How to write: human, json, sarif, ...
    ///
    /// Prints the fixes with what the proof says of each: human, json, sarif, github, gitlab,
    /// checkstyle, junit, rdjson or markdown
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    #[arg(hide_possible_values = true, conflicts_with_all = ["interactive", "split_by", "commit_per"])]
    pub format: Format,
    /// Write a page for people, too
    ///
    /// HTML, or Markdown where the name ends in .md: each fix with its diff, the tool's own words and
    /// link, and what the proof says
    #[arg(long, value_name = "FILE", help_heading = "Output", conflicts_with = "interactive")]
    pub report: Option<PathBuf>,
    /// Where the paths of the plan start
    ///
    /// By default the root of the git repository, else here
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Do not show the patch in a pager
    #[arg(long)]
    pub no_pager: bool,
    #[command(flatten)]
    pub proving: ProofArgs,
    #[command(flatten)]
    pub export: WriteArgs,
    /// When to colour: auto, always, never
    ///
    /// NO_COLOR is honoured by `auto`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub color: Colour,
}

/// What `apply` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum From {
    /// What `fix --plan-out` wrote
    Plan,
    /// `go fix -json`, `go vet -json` and other go/analysis drivers
    GoAnalysis,
    /// `golangci-lint run --output.json.path stdout`
    Golangci,
    /// SARIF 2.1.0
    Sarif,
    /// The Reviewdog Diagnostic Format
    Rdjson,
    /// A unified diff
    Diff,
}

/// What a fix of another tool may add when it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum AllowedDirective {
    /// `import "C"`, and the `#cgo` and `#include` lines above it
    Cgo,
    /// `//go:embed`
    Embed,
    /// `//go:linkname`
    Linkname,
    /// `//go:generate`
    Generate,
    /// `//go:build`, which says where a file is built at all
    Build,
}

#[derive(Debug, Group)]
pub struct FixArgs {
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
    ///
    /// With --shard: the first N of the part
    #[arg(long, value_name = "N", help_heading = "What to do")]
    pub max_fixes: Option<usize>,
    /// Run gofmt over each changed file as a whole
    #[arg(long, help_heading = "What to do")]
    pub gofmt: bool,
    #[command(flatten)]
    pub proving: ProofArgs,
    /// Write a plan for `gomend apply` instead
    ///
    /// The files stay as they are; `-` is standard output
    #[arg(long, value_name = "FILE", help_heading = "Delivery")]
    #[arg(conflicts_with_all = ["diff", "list", "split_by", "commit_per"])]
    pub plan_out: Option<PathBuf>,
    #[command(flatten)]
    pub export: WriteArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub output: OutputArgs,
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
