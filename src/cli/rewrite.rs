//! `gomend rewrite`: a change that is said on the command line.

mod given_pattern;

use super::args::{CheckArgs, OutputArgs, RewriteArgs};
use super::catalogue::GROUP;
use super::io::{Io, save};
use super::rule_source::{self, FOLDER};
use super::setup::{Setup, working_directory};
use super::{OK, Stop, check, fix, new_rule, placed};
use crate::pattern::PatchRule;
use crate::rewrite::Applicability;
use anyhow::Context;
use given_pattern::{GivenPattern, ID};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Runs the verb. `words` and `command` are as for `fix`.
pub fn run(args: RewriteArgs, words: &[OsString], command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let RewriteArgs { pattern, import, var, r#where, patch, save: kept, why, mut fix } = args;
    let (file, searches) = match patch {
        Some(patch) => {
            // Without a pattern the first word is a path.
            fix.target.paths.splice(0..0, pattern.map(PathBuf::from));
            (rule_source::read_as(ID, &cwd.join(patch), &cwd)?, false)
        }
        None => {
            let pattern = pattern.context("say what to change: gomend rewrite 'OLD -> NEW'")?;
            let said =
                GivenPattern::of(&pattern, &import, &var, r#where.as_deref(), &cwd, &fix.target.paths)?;
            let (text, file) = said.read()?;
            if let Some(id) = kept {
                keep(&id, &text, &cwd, io)?;
            }
            (file, said.new.is_none())
        }
    };
    for warning in &file.warnings {
        writeln!(io.stderr, "{}", warning.said_of(&file.file))?;
    }
    let mut file = file;
    placed::place(std::slice::from_mut(&mut file), &rule_source::root(&cwd))?;
    // Whoever names the change has agreed to it: what a guard lowers is still applied.
    file.level = match file.level {
        Applicability::Unsafe => Applicability::Safe,
        level => level,
    };
    fix.target.rules = vec![PatchRule::new(GROUP, file).entry()];
    if let Some((path, line)) = why {
        let setup = Setup::new(&fix.target, true, io)?.asking();
        let told = setup.until_types_are_known(|| setup.scan(&|| {}).why(&cwd.join(&path), line));
        let told = told.map_err(|why| anyhow::anyhow!("{}: {why}; check the path", path.display()))?;
        for sentence in told {
            writeln!(io.stdout, "{}:{line}: {sentence}", path.display())?;
        }
        return Ok(OK);
    }
    if searches {
        let check = CheckArgs {
            target: fix.target,
            output: OutputArgs { searches: true, ..fix.output },
            types: true,
            no_pager: fix.no_pager,
            ..CheckArgs::default()
        };
        return check::run(check, command, io);
    }
    fix.r#unsafe = true;
    fix::run(fix, words, command, io)
}

/// Writes the rule to the folder of rules.
fn keep(id: &str, text: &str, cwd: &Path, io: &mut Io<'_>) -> Result<(), Stop> {
    new_rule::fits(id)?;
    let folder = cwd.join(FOLDER);
    let file = folder.join(format!("{id}.txtar"));
    anyhow::ensure!(!file.exists(), "{FOLDER}/{id}.txtar is there already; name another id");
    std::fs::create_dir_all(&folder).with_context(|| format!("{FOLDER} cannot be made"))?;
    let text = text.replacen("level: safe\n", "level: unsafe\n", 1);
    save(&file, text.as_bytes())?;
    writeln!(io.stderr, "Wrote {FOLDER}/{id}.txtar.")?;
    Ok(())
}
