//! `gomend test`: runs the examples of rules, as `check` and `fix` would see them.

mod done;
mod places;
mod sandbox;
mod tree_module;
mod wanted;

use super::args::{TargetArgs, TestArgs};
use super::catalogue::{self, GROUP};
use super::io::{Io, save};
use super::rule_source;
use super::setup::{Setup, shown, working_directory};
use super::{ERROR, FINDINGS, OK, Stop, placed};
use crate::engine::fixes::Fixes;
use crate::engine::matches::Match;
use crate::engine::plan::{FixKey, SitePlace};
use crate::pattern::{Archive, ArchiveSection, Example, PatchRule, RuleError, RuleFile};
use crate::rewrite::{Applicability, Finding, RuleEntry};
use crate::syntax::File;
use crate::text::diff;
use done::Done;
use places::{ExamplePlaces, ExampleSide};
use sandbox::{Built, Sandbox};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wanted::{told, without_remark};

/// Runs the verb.
pub fn run(args: &TestArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let files = match &args.rules {
        Some(folder) => rule_source::in_folder(&cwd.join(folder))?,
        None => catalogue::files(&cwd)?,
    };
    if let Some(id) = args.ids.iter().find(|id| !files.contains_key(id.trim_start_matches("own/"))) {
        let known: Vec<&str> = files.keys().map(String::as_str).collect();
        anyhow::bail!("there is no rule `{id}`; there are {}", known.join(", "));
    }
    anyhow::ensure!(!files.is_empty(), "there is no rule to test; `gomend new ID` writes one");
    let wanted =
        |id: &str| args.ids.is_empty() || args.ids.iter().any(|own| own.trim_start_matches("own/") == id);
    let mut status = OK;
    for (id, path) in files.iter().filter(|(id, _)| wanted(id)) {
        let outcome = Tested::run(id, path, &cwd, args, io)?;
        match outcome.faults.is_empty() {
            true => writeln!(io.stdout, "ok    {GROUP}/{id}  {}", outcome.note)?,
            false => {
                status = status.max(if outcome.unreadable { ERROR } else { FINDINGS });
                writeln!(io.stdout, "FAIL  {GROUP}/{id}")?;
                for fault in outcome.faults {
                    for line in fault.trim_end().lines() {
                        writeln!(io.stdout, "      {}", crate::report::shown(line))?;
                    }
                }
            }
        }
    }
    Ok(status)
}

/// What became of one rule.
struct Tested {
    note: String,
    faults: Vec<String>,
    unreadable: bool,
}

impl Tested {
    fn run(id: &str, path: &Path, cwd: &Path, args: &TestArgs, io: &mut Io<'_>) -> Result<Tested, Stop> {
        let TestArgs { bless, why, .. } = args;
        let name = shown(cwd, path);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => anyhow::bail!("{name}: {error}; check the path"),
        };
        let archive = Archive::parse(&text);
        let want = archive.section("want").map(|want| want.text.clone()).unwrap_or_default();
        let expects_error = want.lines().next().is_some_and(|line| line.trim() == "exit 2");
        let file = match RuleFile::parse(id, &name, &text) {
            Ok(file) => file,
            Err(error) => {
                let faults = if expects_error {
                    missing_words(&want, &words_of(&error, &archive))
                } else {
                    vec![error.to_string()]
                };
                return Ok(Tested {
                    note: "is refused, as it is to be".to_owned(),
                    faults,
                    unreadable: !expects_error,
                });
            }
        };
        let mut faults = Vec::new();
        let places = ExamplePlaces::of(name.as_ref(), &file);
        let (level, once) = (file.level, file.once);
        let (run_unsafe, with_tests) = (file.run_unsafe, file.run_with_tests);
        let (crlf, in_only, untidy) = (file.crlf, file.compiles_in_only, file.untidy);
        let (examples, files, since) = (file.examples.clone(), file.files.clone(), file.since);
        let gopatch = file.is_gopatch();
        let mut warnings: Vec<String> = file.warnings.iter().map(|problem| problem.said_of(&name)).collect();
        let stubs = path.parent().unwrap_or(cwd).join("stubs");
        let sandbox = Sandbox::new(&files, &stubs, since, cwd)?;
        let turned = |text: &str| if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        let inputs: BTreeMap<String, String> = examples
            .iter()
            .map(|example| (format!("{}.go", example.name), turned(&example.input.text)))
            .collect();
        let outputs: BTreeMap<String, String> = examples
            .iter()
            .map(|example| {
                let text = example.output.as_ref().unwrap_or(&example.input);
                (format!("{}.go", example.name), turned(&text.text))
            })
            .collect();
        sandbox.need(inputs.values().chain(outputs.values()))?;
        sandbox.write(&inputs)?;
        let mut file = file;
        if let Err(problems) = placed::problems(&mut file, sandbox.module()) {
            let error = RuleError { file: name.to_string(), problems };
            let missing = || missing_words(&want, &words_of(&error, &archive));
            let faults = if expects_error { missing() } else { vec![error.to_string()] };
            let note = "is refused, as it is to be".to_owned();
            return Ok(Tested { note, faults, unreadable: !expects_error });
        }
        let rule = PatchRule::new(GROUP, file);
        let packages = rule.packages();
        let trial = Trial { entry: rule.entry(), level, run_unsafe, with_tests };
        if let Some((path, line)) = why {
            let told = explained(&sandbox, &trial, path, *line, io)?;
            for sentence in told {
                writeln!(io.stdout, "{}:{line}: {sentence}", path.display())?;
            }
        }
        let done = work(&sandbox, &inputs, &trial, io)?;
        let after = |name: &String| done.after.get(name).unwrap_or(&inputs[name]);
        let fixed: BTreeMap<String, String> =
            inputs.keys().map(|name| (name.clone(), after(name).clone())).collect();
        // What nobody can parse is skipped, and does not build.
        let parsed = !done.skipped.iter().any(|(_, reason)| reason.starts_with("syntax"));
        let builds = parsed && !inputs.is_empty();
        let before = if builds { sandbox.build(&inputs)? } else { Built::default() };
        let mut unbuilt: Vec<String> =
            before.errors.iter().map(|error| places.complaint(error, ExampleSide::Input)).collect();
        if *bless && !unbuilt.is_empty() {
            return Ok(Tested { note: String::new(), faults: unbuilt, unreadable: false });
        }
        if before.errors.is_empty() && builds && !in_only {
            let now = sandbox.build(&fixed)?;
            unbuilt.extend(now.errors.iter().map(|error| places.complaint(error, ExampleSide::Output)));
            let new = now.complaints.difference(&before.complaints);
            unbuilt.extend(new.map(|complaint| format!("vet has something new to say: {complaint}")));
        }
        if *bless {
            blessed(path, &text, &examples, &done, &inputs)?;
            let note = "is written down as it is".to_owned();
            return Ok(Tested { note, faults: unbuilt, unreadable: false });
        }
        if level == Applicability::Safe && !examples.iter().any(|example| example.output.is_some()) {
            faults.push(format!(
                "{name}:1: a safe rule needs an example: `-- a.in.go --` and `-- a.out.go --`"
            ));
        }
        for (file, wanted) in &outputs {
            let got = after(file);
            if got != wanted {
                let stem = file.trim_end_matches(".go");
                let (from, to) = (format!("{stem}.out.go"), format!("what {id} makes of {stem}.in.go"));
                let lines = diff::unified(&from, &to, wanted.as_bytes(), got.as_bytes(), 2);
                let lines = String::from_utf8_lossy(&lines);
                faults.push(format!("{}\n{lines}", places.other_output(file, wanted, got)));
                if done.skipped.iter().any(|(path, reason)| path == file && reason == TESTS) {
                    faults.push(format!(
                        "{}: the rule does not look at tests; write `tests: always` into the header, or \
                         `tests: when-included` for what `--include tests` finds",
                        places.start(file, ExampleSide::Input)
                    ));
                }
            }
        }
        if !want.trim().is_empty() && !expects_error {
            faults.extend(wanted::differences(&want, &done, &warnings, &places));
        }
        if wanted::asks_check(&want) {
            let seen = unasked(&sandbox, &inputs, &trial, io)?;
            faults.extend(wanted::not_seen(&want, &seen));
        }
        let repeats = |one: &Finding| one.guarded().is_some_and(|(guard, _)| guard == "not-idempotent");
        if !once && !done.findings.iter().any(repeats) {
            let again = work(&sandbox, &fixed, &trial, io)?;
            for (file, text) in &again.after {
                let lines = diff::unified(file, "a second run", fixed[file].as_bytes(), text.as_bytes(), 2);
                faults.push(format!("a second run changes {file}:\n{}", String::from_utf8_lossy(&lines)));
            }
        }
        faults.extend(unbuilt);
        if !crlf {
            let untidy_inputs = sandbox.untidy(&inputs)?;
            let news = sandbox.untidy(&fixed)?;
            faults.extend(news.difference(&untidy_inputs).map(|file| {
                format!("{}: gofmt would write it otherwise", places.start(file, ExampleSide::Output))
            }));
            if !untidy {
                warnings.extend(untidy_inputs.iter().map(|file| {
                    let place = places.start(file, ExampleSide::Input);
                    format!("{place}: warning: gofmt would write it otherwise; format it, or say `gofmt: no`")
                }));
            }
        }
        // The twins: the same file with other line ends, and with other names for its imports.
        if !crlf && !untidy {
            let twin = |texts: &BTreeMap<String, String>| -> BTreeMap<String, String> {
                texts.iter().map(|(name, text)| (name.clone(), text.replace('\n', "\r\n"))).collect()
            };
            let other = work(&sandbox, &twin(&inputs), &trial, io)?;
            let wanted = twin(&fixed);
            for (name, text) in &other.after {
                if wanted[name] != *text {
                    faults
                        .push(format!("with CR LF at the ends of its lines, {name} becomes something else"));
                }
            }
            if other.after.len() != done.after.len() {
                faults.push("with CR LF at the ends of the lines, other files change".to_owned());
            }
        }
        // In gopatch's dialect an import without a name is met by one without a name alone.
        let aliased: BTreeMap<String, String> =
            inputs.iter().map(|(name, text)| (name.clone(), sandbox::aliased(text))).collect();
        if aliased != inputs && !gopatch {
            let other = work(&sandbox, &aliased, &trial, io)?;
            let tell = |done: &Done| -> Vec<(String, usize, Applicability)> {
                let tell = |one: &Finding| (one.path.to_string(), one.start.line, one.level);
                done.findings.iter().map(tell).collect()
            };
            if tell(&other) != tell(&done) {
                faults.push("with an alias for each import, other findings are found".to_owned());
            }
        }
        // The shadow twin: a local variable hides each package that leads to a site.
        if !packages.is_empty() {
            let hidden: BTreeMap<String, sandbox::Hidden> =
                inputs.iter().map(|(name, text)| (name.clone(), sandbox::hidden(text, &packages))).collect();
            let texts = hidden.iter().map(|(name, hidden)| (name.clone(), hidden.text.clone())).collect();
            let other = work(&sandbox, &texts, &trial, io)?;
            for finding in &other.findings {
                let bodies = hidden.get(&*finding.path).map(|hidden| hidden.bodies.as_slice());
                if bodies.unwrap_or_default().iter().any(|body| body.contains(finding.start.byte)) {
                    faults.push(format!(
                        "with a variable that hides the package, {} is still found",
                        told(finding)
                    ));
                }
            }
        }
        if expects_error {
            let missing = match faults.as_slice() {
                [] => vec![
                    "the rule is read and does what its examples say, where `want` says `exit 2`".to_owned(),
                ],
                _ => missing_words(&want, &faults.join("\n")),
            };
            let note = "is refused, as it is to be".to_owned();
            return Ok(Tested { note, faults: missing, unreadable: false });
        }
        for warning in warnings {
            writeln!(io.stderr, "{warning}")?;
        }
        let count = crate::report::counted::counted(examples.len(), "example", "examples");
        Ok(Tested { note: count, faults, unreadable: false })
    }
}

/// What `check` says of files, which asks Go nothing.
fn unasked(
    sandbox: &Sandbox,
    files: &BTreeMap<String, String>,
    trial: &Trial,
    io: &mut Io<'_>,
) -> Result<Vec<Finding>, Stop> {
    sandbox.write(files)?;
    let setup = Setup::at(sandbox.module().to_owned(), &trial.target(), true, io)?;
    let mut findings = setup.render()?.findings;
    findings.retain(|finding| finding.rule == trial.entry.meta.id && !finding.suppressed);
    Ok(findings)
}

/// What a rule makes of a line of an example, and why.
fn explained(
    sandbox: &Sandbox,
    trial: &Trial,
    path: &Path,
    line: usize,
    io: &mut Io<'_>,
) -> Result<Vec<String>, Stop> {
    let name = path.to_string_lossy();
    let name = name.strip_suffix(".in.go").map_or(name.to_string(), |stem| format!("{stem}.go"));
    let setup = Setup::at(sandbox.module().to_owned(), &trial.target(), true, io)?.asking();
    let told = setup.until_types_are_known(|| setup.scan(&|| {}).why(&sandbox.module().join(&name), line));
    told.map_err(|why| anyhow::anyhow!("{}: {why}; name an example: a.in.go:12", path.display()))
}

/// Why a test is skipped.
const TESTS: &str = "tests";

/// How a rule is run over examples.
struct Trial {
    entry: RuleEntry,
    level: Applicability,
    /// Whether fixes are taken that a guard lowered.
    run_unsafe: bool,
    /// Whether the rule is run as by somebody who includes tests.
    with_tests: bool,
}

impl Trial {
    fn target(&self) -> TargetArgs {
        TargetArgs {
            rules: vec![self.entry.clone()],
            include: if self.with_tests { vec!["tests".to_owned()] } else { Vec::new() },
            max_file_size: 4 << 20,
            jobs: 1,
            no_cache: true,
            ..TargetArgs::default()
        }
    }
}

/// Lets a rule work on files.
fn work(
    sandbox: &Sandbox,
    files: &BTreeMap<String, String>,
    trial: &Trial,
    io: &mut Io<'_>,
) -> Result<Done, Stop> {
    sandbox.write(files)?;
    let setup = Setup::at(sandbox.module().to_owned(), &trial.target(), true, io)?.asking();
    let mut scanned = setup.render()?;
    if let Some(failure) = scanned.failures.first() {
        anyhow::bail!("{}: {}", failure.path, failure.reason);
    }
    scanned.findings.retain(|finding| finding.rule == trial.entry.meta.id && !finding.suppressed);
    let least = match trial.level {
        Applicability::Safe if !trial.run_unsafe => Applicability::Safe,
        _ => Applicability::Unsafe,
    };
    let paths: Vec<PathBuf> = scanned.fixable.keys().cloned().collect();
    let scan = setup.scan(&|| {});
    let choose = |rule: &RuleEntry, seen: &Match, file: &Arc<File>, _: &FixKey| {
        rule.meta.id == trial.entry.meta.id && scan.wants(rule, seen, file, least)
    };
    let fixes = setup.until_types_are_known(|| Fixes::plan(&scan, paths.clone(), &choose, 1));
    let name = |path: &Path| shown(sandbox.module(), path).to_string();
    let mut passes: BTreeMap<(String, usize), Vec<u32>> = BTreeMap::new();
    for taken in fixes.taken() {
        if let SitePlace::Disk(byte) = taken.key.place {
            passes.entry((name(&taken.key.path), byte)).or_default().push(taken.pass);
        }
    }
    let born = fixes.taken().iter().filter_map(|taken| taken.born.clone()).collect();
    let outcome = fixes.outcome(&BTreeSet::new());
    let after = outcome
        .files
        .into_iter()
        .map(|(path, planned)| (name(&path), planned.after))
        .filter(|(name, after)| files.get(name) != Some(after));
    let mut skipped: Vec<(String, String)> =
        scanned.skipped.iter().map(|one| (one.path.to_string(), one.reason.clone())).collect();
    // No verb lists these.
    let tests = files.keys().filter(|name| name.ends_with("_test.go") && !trial.with_tests);
    skipped.extend(tests.map(|name| (name.clone(), TESTS.to_owned())));
    Ok(Done { after: after.collect(), findings: scanned.findings, born, passes, skipped })
}

/// What is wrong with a rule, with the lines that its patch has by itself.
fn words_of(error: &RuleError, archive: &Archive) -> String {
    let first = archive.section("rule.patch").map_or(1, |section| section.line);
    error
        .problems
        .iter()
        .map(|problem| {
            let inside =
                crate::pattern::Problem { line: (problem.line + 1).saturating_sub(first), ..problem.clone() };
            format!("{}\n", inside.said_of("rule.patch"))
        })
        .collect()
}

/// The words of `want` that are not among those that are said.
fn missing_words(want: &str, said: &str) -> Vec<String> {
    let lines = want.lines().skip(1).map(without_remark).filter(|line| !line.is_empty());
    let missing = lines.filter(|line| !said.contains(line));
    missing.map(|line| format!("the error does not say `{line}`, but:\n{said}")).collect()
}

/// Writes what the rule did into its file.
fn blessed(
    path: &Path,
    text: &str,
    examples: &[Example],
    done: &Done,
    inputs: &BTreeMap<String, String>,
) -> Result<(), Stop> {
    let head = text.split("\n-- ").next().unwrap_or_default();
    let mut out = format!("{head}\n");
    let archive = Archive::parse(text);
    for ArchiveSection { name, text, .. } in &archive.sections {
        if name == "want" || name.ends_with(".out.go") {
            continue;
        }
        out.push_str(&format!("-- {name} --\n{text}"));
        if let Some(example) = examples.iter().find(|example| example.input.name == *name) {
            let file = format!("{}.go", example.name);
            let after = done.after.get(&file).unwrap_or(&inputs[&file]).replace("\r\n", "\n");
            out.push_str(&format!("-- {}.out.go --\n{after}", example.name));
        }
    }
    out.push_str("-- want --\n");
    for finding in &done.findings {
        let files = wanted::files_of(finding);
        let more = if files > 1 { format!(" files={files}") } else { String::new() };
        out.push_str(&format!("{}{more}\n", told(finding)));
    }
    save(path, out.as_bytes())
}
