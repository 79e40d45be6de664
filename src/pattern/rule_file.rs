//! A rule file: header keys, a page, patches and examples.

use super::archive::{Archive, ArchiveSection};
use super::compile::{self, Patch};
use super::condition::Condition;
use super::object::{RuleObject, RulePackage};
use super::patch::{self, PatchDeclarationKind, PatchOptions, PatchSource};
use super::rename::{Rename, RenameReading};
use super::{Problem, RuleError};
use crate::model::GoVersion;
use crate::rewrite::{Applicability, Severity};
use std::path::{Path, PathBuf};

/// Where a rule is written, and which files it looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleLocation {
    /// The rule's id, without a group.
    pub id: String,
    /// Its file.
    pub file: PathBuf,
    /// The directory whose files it looks at, with all below it.
    pub home: PathBuf,
    /// The directories below that which have another rule of the same id.
    pub except: Vec<PathBuf>,
    /// The pack that it came with.
    pub pack: Option<RulePack>,
}

/// The pack that rules came with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RulePack {
    /// What stands before the `/` of their ids.
    pub name: String,
    /// Whether whoever runs gomend said that their levels count.
    pub trusted: bool,
}

impl RuleLocation {
    /// What stands before the `/` of its id.
    pub fn group<'a>(&'a self, own: &'a str) -> &'a str {
        self.pack.as_ref().map_or(own, |pack| pack.name.as_str())
    }

    /// Whether the tree may not raise its level: it came with a pack that nobody trusts.
    pub fn is_foreign(&self) -> bool {
        self.pack.as_ref().is_some_and(|pack| !pack.trusted)
    }
}

/// A rule file that can be read.
#[derive(Debug)]
pub struct RuleFile {
    /// The file, as the user would name it.
    pub file: String,
    /// The rule's id without a group: the file's name without its suffix.
    pub id: String,
    /// What the rule is called.
    pub title: String,
    /// The level that its author gave it.
    pub level: Applicability,
    /// The first Go version in which the new side means anything.
    pub since: Option<GoVersion>,
    /// The first Go version that it is not meant for.
    pub until: Option<GoVersion>,
    /// How bad its sites are.
    pub severity: Severity,
    /// The group that it belongs to beside `own`.
    pub group: Option<String>,
    /// The rule that has to be done before it runs.
    pub after: Option<String>,
    /// The modules that its new side needs, with their versions.
    pub requires: Vec<(String, String)>,
    /// Whether it looks at test files without being asked to.
    pub tests: bool,
    /// Whether its own result may match again.
    pub once: bool,
    /// Whether unexported functions go that nothing calls any more.
    pub helpers: bool,
    /// Whether its examples are run with the fixes that a guard lowered.
    pub run_unsafe: bool,
    /// Whether its examples are run as by somebody who includes tests.
    pub run_with_tests: bool,
    /// Whether lines of the examples end with CR LF.
    pub crlf: bool,
    /// Whether the results of the examples need not build.
    pub compiles_in_only: bool,
    /// Whether the examples are untidy on purpose.
    pub untidy: bool,
    /// A page that says more.
    pub docs: Option<String>,
    /// The Markdown below the header.
    pub markdown: String,
    /// What is said for the user's attention, though the rule runs.
    pub warnings: Vec<Problem>,
    /// The inputs with what is to become of them.
    pub examples: Vec<Example>,
    /// The other files of the examples.
    pub files: Vec<ArchiveSection>,
    /// The findings that are to be there, if the file says so.
    pub want: Option<ArchiveSection>,
    pub(super) patches: Vec<Patch>,
    /// The patches that only conditions of others look at.
    pub(super) parts: Vec<Patch>,
    pub(super) digest: blake3::Hash,
    pub(super) text: String,
}

/// An input of a rule with what is to become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The name without `.in.go`.
    pub name: String,
    /// The input.
    pub input: ArchiveSection,
    /// The output, if the file has one.
    pub output: Option<ArchiveSection>,
}

const KEYS: &[&str] = &[
    "title", "level", "severity", "since", "until", "group", "tests", "docs", "once", "after", "requires",
    "cleanup", "strict", "broad", "run", "crlf", "gofmt", "compiles",
];

struct RuleHeader {
    values: Vec<(&'static str, String, usize)>,
    markdown: String,
}

impl RuleHeader {
    fn value(&self, key: &str) -> Option<(&str, usize)> {
        self.values.iter().find(|(known, ..)| *known == key).map(|(_, value, line)| (value.as_str(), *line))
    }

    /// Whether `key` says one of `words`: `true` for the first.
    fn choice(&self, key: &str, words: [&str; 2], problems: &mut Vec<Problem>) -> bool {
        let Some((value, line)) = self.value(key) else { return false };
        if !words.contains(&value) {
            problems.push(
                Problem::at(line, key.len() + 3, format!("`{key}` cannot be `{value}`"))
                    .help(format!("write `{key}: {}` or leave the line out", words[0])),
            );
        }
        value == words[0]
    }

    fn version(&self, key: &str, problems: &mut Vec<Problem>) -> Option<GoVersion> {
        let (value, line) = self.value(key)?;
        let version = GoVersion::parse(value.trim_start_matches("go"));
        if version.is_none() {
            problems.push(
                Problem::at(line, key.len() + 3, format!("`{value}` is not a Go version"))
                    .help(format!("write `{key}: go1.24`")),
            );
        }
        version
    }

    fn word(&self, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
        let (value, line) = self.value(key)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if value.is_empty() || !value.bytes().all(plain) {
            problems.push(
                Problem::at(line, key.len() + 3, format!("`{value}` cannot be the name of a {key}"))
                    .help("write it with lower-case letters, digits and `-`"),
            );
        }
        Some(value.to_owned())
    }

    /// `requires: PATH VERSION, PATH VERSION`
    fn requires(&self, problems: &mut Vec<Problem>) -> Vec<(String, String)> {
        let Some((value, line)) = self.value("requires") else { return Vec::new() };
        let one = |part: &str| {
            let (path, version) = part.trim().split_once(' ')?;
            let fits = version.trim().starts_with('v') && path.contains('.');
            fits.then(|| (path.to_owned(), version.trim().to_owned()))
        };
        let all: Option<Vec<_>> = value.split(',').map(one).collect();
        if all.is_none() {
            problems.push(
                Problem::at(line, 11, format!("`{value}` is no module with a version"))
                    .help("write `requires: go.uber.org/mock v0.5.0`"),
            );
        }
        all.unwrap_or_default()
    }

    /// Whether branches are folded, and whether functions go that nothing calls any more.
    fn cleanup(&self, problems: &mut Vec<Problem>) -> (bool, bool) {
        let Some((value, line)) = self.value("cleanup") else { return (false, false) };
        let words: Vec<&str> = value.split([',', ' ']).filter(|word| !word.is_empty()).collect();
        let unknown = words.iter().find(|word| !["branches", "helpers"].contains(word));
        if unknown.is_some() || words.is_empty() {
            let word = unknown.copied().unwrap_or(value);
            problems.push(
                Problem::at(line, 10, format!("`{word}` cannot be cleaned up"))
                    .help("write `cleanup: branches`, `cleanup: helpers` or `cleanup: branches, helpers`"),
            );
        }
        (words.contains(&"branches"), words.contains(&"helpers"))
    }
}

fn header(head: &str, problems: &mut Vec<Problem>) -> RuleHeader {
    let mut values: Vec<(&'static str, String, usize)> = Vec::new();
    let mut lines = head.lines().enumerate();
    let mut markdown = String::new();
    for (index, line) in lines.by_ref() {
        let key = line.split_once(':').filter(|(key, _)| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        });
        let Some((key, value)) = key else {
            markdown = line.to_owned();
            markdown.push('\n');
            break;
        };
        let Some(known) = KEYS.iter().find(|known| **known == key) else {
            problems.push(
                Problem::at(index + 1, 1, format!("`{key}` is not a key of a rule"))
                    .help(format!("keys are {}; Markdown begins below an empty line", KEYS.join(", "))),
            );
            continue;
        };
        let value = value.trim();
        let value = match value.find('#') {
            Some(0) => "",
            Some(at) if key != "title" && value[..at].ends_with([' ', '\t']) => value[..at].trim(),
            _ => value,
        };
        values.push((known, value.to_owned(), index + 1));
    }
    for (_, line) in lines {
        markdown.push_str(line);
        markdown.push('\n');
    }
    RuleHeader { values, markdown: markdown.trim().to_owned() }
}

/// The labels of the patches that conditions look at.
fn looked_at(sources: &[PatchSource]) -> Vec<String> {
    let declarations = sources.iter().flat_map(|source| &source.declarations);
    let conditions = declarations.filter_map(|declaration| match &declaration.what {
        PatchDeclarationKind::Where { condition } => Condition::parse(condition).ok(),
        _ => None,
    });
    conditions.flat_map(|condition| condition.labels()).collect()
}

/// What conditions look at and no patch is called.
fn missing_labels(sources: &[PatchSource], wanted: &[String]) -> Vec<Problem> {
    let known: Vec<&str> = sources.iter().filter_map(|source| source.label.as_deref()).collect();
    let mut problems = Vec::new();
    for declaration in sources.iter().flat_map(|source| &source.declarations) {
        let PatchDeclarationKind::Where { condition } = &declaration.what else { continue };
        let labels = Condition::parse(condition).map(|condition| condition.labels()).unwrap_or_default();
        for label in labels.iter().filter(|label| wanted.contains(label) && !known.contains(&label.as_str()))
        {
            problems.push(
                Problem::at(declaration.number, 7, format!("no patch is called `{label}`"))
                    .help(format!("write a patch below that begins with `@@ {label}`")),
            );
        }
    }
    problems
}

impl RuleFile {
    /// Whether a patch is written in gopatch's dialect.
    pub fn is_gopatch(&self) -> bool {
        self.patches.iter().any(|patch| patch.gopatch)
    }

    /// What the rule names by declaration without saying in which package.
    pub fn unplaced(&self) -> Vec<RuleObject> {
        let mut all: Vec<RuleObject> = Vec::new();
        for object in self.patches.iter().flat_map(|patch| &patch.objects) {
            if object.package.is_none() && !all.iter().any(|known| known.is_alike(object)) {
                all.push(object.clone());
            }
        }
        all
    }

    /// The renames that do not say in which package they are.
    pub fn unplaced_renames(&self) -> Vec<Rename> {
        let all = self.patches.iter().flat_map(|patch| &patch.renames);
        all.filter(|rename| !rename.unsaid.is_empty()).cloned().collect()
    }

    /// Says how the words of `rename` are read, in the package in `directory`, which is
    /// imported as `path`.
    pub fn place_rename(
        &mut self,
        rename: &Rename,
        reading: &RenameReading,
        directory: &Path,
        path: Option<String>,
    ) {
        for own in self.patches.iter_mut().flat_map(|patch| &mut patch.renames) {
            if own == rename {
                own.package = Some(match &path {
                    Some(path) => RulePackage::Path(path.clone()),
                    None => RulePackage::Directory(directory.to_owned()),
                });
                own.owner.clone_from(&reading.owner);
                own.unsaid.clear();
            }
        }
    }

    /// Says that `object` is the one of the package in `directory`, which is imported as
    /// `path`.
    pub fn place(&mut self, object: &RuleObject, directory: &Path, path: Option<String>) {
        let package = match path {
            Some(path) => RulePackage::Path(path),
            None => RulePackage::Directory(directory.to_owned()),
        };
        for own in self.patches.iter_mut().flat_map(|patch| &mut patch.objects) {
            if own.package.is_none() && own.is_alike(object) {
                own.package = Some(package.clone());
            }
        }
    }

    /// Reads `text`, which stands in `file`: a `.txtar` archive, or a `.patch` by itself.
    ///
    /// # Errors
    /// Every mistake that can be told without an example being run.
    pub fn parse(id: &str, file: &str, text: &str) -> Result<RuleFile, RuleError> {
        let mut problems = Vec::new();
        let bare = file.ends_with(".patch");
        let archive = if bare {
            let section =
                ArchiveSection { name: "rule.patch".to_owned(), line: 1, text: text.replace("\r\n", "\n") };
            Archive { head: String::new(), sections: vec![section] }
        } else {
            Archive::parse(text)
        };
        problems.extend(archive.faults());
        let id_fits = !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !id_fits {
            problems.push(
                Problem::at(1, 0, format!("`{id}` cannot be the id of a rule"))
                    .help("name the file by lower-case letters, digits and `-`"),
            );
        }
        let header = header(&archive.head, &mut problems);
        let level = match header.value("level") {
            None | Some(("unsafe", _)) => Applicability::Unsafe,
            Some(("safe", _)) => Applicability::Safe,
            Some(("advice", _)) => Applicability::Advice,
            Some((other, line)) => {
                problems.push(
                    Problem::at(line, 8, format!("`{other}` is not a level"))
                        .help("levels are safe, unsafe and advice"),
                );
                Applicability::Unsafe
            }
        };
        let since = header.version("since", &mut problems);
        let until = header.version("until", &mut problems);
        let severity = match header.value("severity") {
            None | Some(("note", _)) => Severity::Note,
            Some(("warning", _)) => Severity::Warning,
            Some((other, line)) => {
                problems.push(
                    Problem::at(line, 11, format!("`{other}` is not a severity"))
                        .help("severities are note and warning"),
                );
                Severity::Note
            }
        };
        let group = header.word("group", &mut problems);
        let after = header.value("after").map(|(value, _)| value.to_owned());
        let requires = header.requires(&mut problems);
        let (branches, helpers) = header.cleanup(&mut problems);
        if helpers && level == Applicability::Safe {
            let line = header.value("level").map_or(1, |(_, line)| line);
            problems.push(
                Problem::at(line, 8, "a rule with `cleanup: helpers` cannot be safe: code goes with it")
                    .help("write `level: unsafe`"),
            );
        }
        let strict = header.choice("strict", ["yes", "no"], &mut problems);
        let broad = header.choice("broad", ["yes", "no"], &mut problems);
        let docs = header.value("docs").map(|(value, line)| {
            if !value.starts_with("https://") && !value.starts_with("http://") {
                problems.push(
                    Problem::at(line, 7, format!("`{value}` is not an address"))
                        .help("write `docs: https://…`"),
                );
            }
            value.to_owned()
        });
        let tests = header.choice("tests", ["always", "when-included"], &mut problems);
        let once = header.choice("once", ["yes", "no"], &mut problems);
        let run_with_tests = header.value("tests").is_some();
        let run_unsafe = header.choice("run", ["--unsafe", ""], &mut problems);
        let crlf = header.choice("crlf", ["yes", "no"], &mut problems);
        let untidy = header.choice("gofmt", ["no", "yes"], &mut problems);
        let compiles_in_only = header.choice("compiles", ["in", "both"], &mut problems);
        let said_level = header.value("level").is_some();
        let mut patches = Vec::new();
        let mut sources = Vec::new();
        let mut warnings = Vec::new();
        let mut first_message = None;
        match archive.section("rule.patch") {
            None => problems.push(
                Problem::at(1, 0, "the rule has no patch").help("write it below a line `-- rule.patch --`"),
            ),
            Some(section) => {
                let (read, faults) = patch::parse(&section.text, section.line, bare);
                problems.extend(faults);
                sources = read;
                first_message = sources.first().and_then(|source| source.message.first().cloned());
                let options = compile::Options {
                    once,
                    deletes: said_level && level > Applicability::Advice,
                    broad,
                    patch: PatchOptions { strict, branches, ..PatchOptions::default() },
                    parts: looked_at(&sources),
                };
                let mut failed = false;
                for (index, source) in sources.iter().enumerate() {
                    // What edits uses takes the imports of what it follows.
                    failed &= source.options.calls;
                    if failed {
                        continue;
                    }
                    for body in &source.bodies {
                        match compile::compile(source, body, &options, &patches, &mut warnings) {
                            Ok(patch) => patches.push(Patch { number: index + 1, ..patch }),
                            Err(found) => {
                                failed = true;
                                problems.extend(found);
                            }
                        }
                    }
                }
            }
        }
        let labels: Vec<String> =
            patches.iter().flat_map(|patch: &Patch| &patch.conditions).flat_map(Condition::labels).collect();
        let (parts, patches): (Vec<Patch>, Vec<Patch>) = patches
            .into_iter()
            .partition(|patch: &Patch| patch.label.as_ref().is_some_and(|label| labels.contains(label)));
        problems.extend(missing_labels(&sources, &labels));
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems.dedup();
        warnings.sort_by_key(|problem: &Problem| (problem.line, problem.column));
        warnings.dedup();
        if !problems.is_empty() {
            problems.extend(warnings);
            return Err(RuleError { file: file.to_owned(), problems });
        }
        // gopatch applies each patch once.
        let once = once || patches.iter().any(|patch| patch.repeats);
        let title =
            header.value("title").map(|(title, _)| title.to_owned()).filter(|title| !title.is_empty());
        let mut examples: Vec<Example> = Vec::new();
        let mut files = Vec::new();
        let mut want = None;
        for section in archive.sections {
            if let Some(name) = section.name.strip_suffix(".in.go") {
                examples.push(Example { name: name.to_owned(), input: section, output: None });
            } else if section.name == "want" {
                want = Some(section);
            } else if !section.name.ends_with(".out.go") && section.name != "rule.patch" {
                files.push(section);
            } else if let Some(name) = section.name.strip_suffix(".out.go") {
                match examples.iter_mut().find(|example| example.name == name) {
                    Some(example) => example.output = Some(section),
                    None => {
                        let problem =
                            Problem::at(section.line - 1, 4, format!("`{}` has no input", section.name))
                                .help(format!("write `-- {name}.in.go --` above it"));
                        return Err(RuleError { file: file.to_owned(), problems: vec![problem] });
                    }
                }
            }
        }
        Ok(RuleFile {
            file: file.to_owned(),
            id: id.to_owned(),
            title: title.or(first_message).unwrap_or_else(|| id.to_owned()),
            level,
            since,
            until,
            severity,
            group,
            after,
            requires,
            tests,
            once,
            helpers,
            run_unsafe,
            run_with_tests,
            crlf,
            compiles_in_only,
            untidy,
            docs,
            markdown: header.markdown,
            warnings,
            examples,
            files,
            want,
            patches,
            parts,
            digest: blake3::hash(text.as_bytes()),
            text: text.to_owned(),
        })
    }
}
