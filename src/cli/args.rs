//! What the command line takes.

use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

mod examples;
mod mending;
mod output;
mod own;
mod target;
mod values;
mod verbs;
#[cfg(test)]
mod written;

pub use mending::{AllowedDirective, ApplyArgs, FixArgs, From, ProofArgs, SplitBy, Verify, WriteArgs};
pub use output::{Colour, Format, ListFormat, OutputArgs};
pub use own::{NewArgs, PacksArgs, PacksVerb, RewriteArgs, TestArgs};
pub use target::{CheckArgs, FailOn, NarrowArgs, RuleArgs, TargetArgs};
pub use verbs::{
    AuditArgs, AuditFailOn, AuditFormat, CleanArgs, CompletionsArgs, ExplainArgs, HelpArgs, InitArgs,
    LspArgs, MergeArgs, ReportArgs, ReportFormat, RulesArgs, UndoArgs,
};

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
