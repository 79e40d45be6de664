//! What the verbs about rules of one's own take.

use super::mending::FixArgs;
use clap::Args as Group;
use std::path::PathBuf;

#[derive(Debug, Group)]
pub struct RewriteArgs {
    /// 'OLD -> NEW'; OLD alone only searches
    ///
    /// `$x` and single lower-case letters stand for expressions, `$*xs` for any run of arguments,
    /// elements or statements
    #[arg(value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// A package of the pattern: NAME=PATH or PATH
    ///
    /// Without it a name is the package of the standard library that is called so, else the one
    /// that the code imports under it. May be repeated
    #[arg(long, value_name = "NAME=PATH", help_heading = "Pattern")]
    pub import: Vec<String>,
    /// A variable of another kind: 'c *api.Client'
    ///
    /// Kinds are those of a rule: expr, ident, type, args, literal string, const int, a Go type. May
    /// be repeated
    #[arg(long, value_name = "'NAME KIND'", help_heading = "Pattern")]
    pub var: Vec<String>,
    /// A condition, as in a rule
    #[arg(long, value_name = "CONDITION", help_heading = "Pattern")]
    pub r#where: Option<String>,
    /// Take the patch of FILE instead of PATTERN
    ///
    /// A rule (.txtar) or a patch, those of gopatch too
    #[arg(long, value_name = "FILE", help_heading = "Pattern", conflicts_with_all = ["import", "var", "where"])]
    pub patch: Option<PathBuf>,
    /// Keep it as the rule ID in .gomend/rules
    #[arg(long, value_name = "ID", help_heading = "Pattern", conflicts_with = "patch")]
    pub save: Option<String>,
    /// Say what the pattern makes of this line, and why
    #[arg(long, value_name = "FILE:LINE", help_heading = "Pattern", value_parser = place)]
    pub why: Option<(PathBuf, usize)>,
    #[command(flatten)]
    pub fix: FixArgs,
}

#[derive(Debug, Group)]
pub struct NewArgs {
    /// The rule's id: lower-case letters, digits, `-`
    #[arg(value_name = "ID")]
    pub id: String,
    /// Draft the patch from what you changed since the last commit
    ///
    /// Make the change once by hand; the rule that does it elsewhere is written from the difference
    #[arg(long)]
    pub from_diff: bool,
}

#[derive(Debug, Group)]
pub struct TestArgs {
    /// The rules to test [default: all]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Take the rules of DIR, not of .gomend/rules
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Write what the rules do into their examples
    #[arg(long)]
    pub bless: bool,
    /// Say why a line of an example is a site or not
    #[arg(long, value_name = "FILE:LINE", value_parser = place, conflicts_with = "bless")]
    pub why: Option<(PathBuf, usize)>,
}

#[derive(Debug, Group)]
pub struct PacksArgs {
    #[command(subcommand)]
    pub what: Option<PacksVerb>,
}

#[derive(Debug, clap::Subcommand)]
pub enum PacksVerb {
    /// Take a pack out of the module cache
    ///
    /// Writes its version to gomend.toml and its hash to gomend.sum. `go mod download PATH@VERSION`
    /// brings it into the module cache
    Add {
        /// The module and its version: example.com/acme/rules@v1.2.0
        #[arg(value_name = "PATH@VERSION", required = true)]
        packs: Vec<String>,
    },
    /// List the packs that count here
    List,
}

/// A file with a line.
fn place(text: &str) -> Result<(PathBuf, usize), String> {
    let place = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    match place {
        Some((file, line)) if line > 0 && !file.is_empty() => Ok((PathBuf::from(file), line)),
        _ => Err("name a file and a line: a.go:12".to_owned()),
    }
}
