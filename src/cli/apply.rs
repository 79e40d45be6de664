//! `gomend apply`: what a plan file says, in the work tree that is here.
//!
//! The toolchain is not asked again: each file is byte for byte the one that was
//! proved. That the result parses is looked at all the same.

use super::args::Apply;
use super::delivery::{self, Goods};
use super::io::{Io, tolerate};
use super::pager::page;
use super::patch::CONTEXT;
use super::setup::{root_of, shown, working_directory};
use super::{FINDINGS, OK, Stop, writer};
use crate::engine::discover::{Limits, read_path};
use crate::migrate::Files;
use crate::migrate::plan::{Plan, Resolved};
use crate::model::module::Modules;
use crate::report::diff;
use crate::store::FileStatus;
use crate::syntax::File;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Runs the verb.
pub fn run(args: &Apply, command: &str, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let text = std::fs::read_to_string(&args.plan).with_context(|| {
        format!("{} cannot be read; `gomend fix --plan-out` writes one", args.plan.display())
    })?;
    let plan = Plan::parse(&args.plan, &text)?.whole(&args.plan)?;
    let root = match &args.root {
        Some(root) => dunce::canonicalize(root)
            .with_context(|| format!("{} is no directory; name the root of the plan", root.display()))?,
        None => root_of(&cwd, [].iter()),
    };
    let limits = Limits { file_size: u64::MAX };
    let read = |path: &Path| read_path(path, limits).map_err(|refusal| refusal.to_string());
    let mut resolved = plan.resolve(&root, &read);
    refuse_broken(&mut resolved, &root);
    for (path, reason) in &resolved.refused {
        writeln!(io.stderr, "left alone: {path}: {reason}")?;
    }
    let files = resolved.files();
    let asks = args.diff || args.list;
    if args.diff {
        let look = io.look(args.color);
        tolerate(page(io, args.no_pager, |out| {
            files.iter().try_for_each(|(path, text)| {
                let path = shown(&root, path);
                let (before, after) = (text.before.as_bytes(), text.after.as_bytes());
                let file = diff::FileDiff { path_old: &path, path_new: &path, before, after };
                diff::write(out, &file, CONTEXT, look)
            })
        }))?;
    } else if args.list {
        tolerate(files.keys().try_for_each(|path| writeln!(io.stdout, "{}", shown(&cwd, path))))?;
    } else {
        deliver(args, &plan, &resolved, &files, &root, command, io)?;
    }
    let left = !resolved.refused.is_empty();
    Ok(if left || (asks && !files.is_empty()) { FINDINGS } else { OK })
}

fn deliver(
    args: &Apply,
    plan: &Plan,
    resolved: &Resolved,
    files: &Files,
    root: &Path,
    command: &str,
    io: &mut Io<'_>,
) -> Result<(), Stop> {
    let modules = Modules::default();
    let module = |path: &Path| modules.module_of(path)?.path().map(str::to_owned);
    let place = |index: &usize| resolved.fixes.iter().position(|(there, _)| there == index);
    let states = resolved
        .states
        .iter()
        .map(|(rule, state, fixes)| (rule.clone(), state.clone(), fixes.iter().filter_map(place).collect()));
    let goods = Goods {
        root,
        files: files.clone(),
        fixes: resolved.fixes.iter().map(|(_, files)| files.clone()).collect(),
        states: states.collect(),
        proof: plan.proved_by.clone(),
        module: &module,
    };
    if let Some(by) = args.delivery.split_by {
        return delivery::split(&goods, by, &args.delivery, io);
    }
    if let Some(per) = args.delivery.commit_per {
        return delivery::commit(&goods, per.into(), &args.delivery, command, io);
    }
    let mut store = writer::open(root, command, io)?;
    store.ensure_finished()?;
    let outcome = store.write(&delivery::changes(files), delivery::meta(command), &mut |_| {})?;
    let mut written = 0;
    for file in &outcome.files {
        match &file.status {
            FileStatus::Written | FileStatus::Unchanged | FileStatus::SameFile { .. } => written += 1,
            FileStatus::ChangedMeanwhile(drift) => {
                anyhow::bail!("{}: {drift}; the others are written, run it again", file.path.display())
            }
            FileStatus::Skipped(skip) => anyhow::bail!("{}: {skip}", file.path.display()),
            FileStatus::Failed(error) => anyhow::bail!("{error}"),
        }
    }
    let fixes = resolved.fixes.len();
    let proof = plan
        .proved_by
        .as_deref()
        .map_or_else(String::new, |by| format!(", proved by {by} when they were planned"));
    writeln!(
        io.stdout,
        "Applied {fixes} {} in {written} {}{proof}.",
        if fixes == 1 { "fix" } else { "fixes" },
        if written == 1 { "file" } else { "files" },
    )?;
    if let Some(run) = outcome.run {
        writeln!(io.stdout, "`gomend undo {run}` puts the files back.")?;
    }
    Ok(())
}

/// Leaves alone what would not parse: no plan that gomend wrote comes to that.
fn refuse_broken(resolved: &mut Resolved, root: &Path) {
    let breaks = |path: &PathBuf, before: &str, after: &str| {
        let errors = |text: &str| {
            let file = File::new(path, text);
            (0..file.outline().decls.len()).filter(|index| file.fault(*index).is_some()).count()
        };
        errors(after) > errors(before)
    };
    let files = resolved.files();
    let broken: Vec<PathBuf> = files
        .iter()
        .filter(|(path, text)| breaks(path, &text.before, &text.after))
        .map(|(path, _)| path.clone())
        .collect();
    if broken.is_empty() {
        return;
    }
    // A damaged plan is not trusted with anything.
    for path in files.keys() {
        let reason = if broken.contains(path) {
            "the result would not parse; the plan is damaged"
        } else {
            "the plan is damaged"
        };
        resolved.refused.insert(shown(root, path).to_string(), reason.to_owned());
    }
    resolved.before.clear();
    resolved.fixes.clear();
}
