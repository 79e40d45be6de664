//! A rule file: header keys, a page, patches and examples.

use super::archive::{Archive, ArchiveSection};
use super::compile::{self, Patch};
use super::patch;
use super::{Problem, RuleError};
use crate::model::GoVersion;
use crate::rewrite::Applicability;

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
    /// Whether it looks at test files without being asked to.
    pub tests: bool,
    /// Whether its own result may match again.
    pub once: bool,
    /// Whether its examples are run with the fixes that a guard lowered.
    pub run_unsafe: bool,
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

const KEYS: &[&str] =
    &["title", "level", "since", "tests", "docs", "once", "run", "crlf", "gofmt", "compiles"];

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

impl RuleFile {
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
        let since = header.value("since").and_then(|(value, line)| {
            let version = GoVersion::parse(value.trim_start_matches("go"));
            if version.is_none() {
                problems.push(
                    Problem::at(line, 8, format!("`{value}` is not a Go version"))
                        .help("write `since: go1.24`"),
                );
            }
            version
        });
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
        let run_unsafe = header.choice("run", ["--unsafe", ""], &mut problems);
        let crlf = header.choice("crlf", ["yes", "no"], &mut problems);
        let untidy = header.choice("gofmt", ["no", "yes"], &mut problems);
        let compiles_in_only = header.choice("compiles", ["in", "both"], &mut problems);
        let said_level = header.value("level").is_some();
        let mut patches = Vec::new();
        let mut warnings = Vec::new();
        let mut first_message = None;
        match archive.section("rule.patch") {
            None => problems.push(
                Problem::at(1, 0, "the rule has no patch").help("write it below a line `-- rule.patch --`"),
            ),
            Some(section) => {
                let (sources, faults) = patch::parse(&section.text, section.line, bare);
                problems.extend(faults);
                first_message = sources.first().and_then(|source| source.message.first().cloned());
                let options = compile::Options { once, deletes: said_level && level > Applicability::Advice };
                for source in &sources {
                    for body in &source.bodies {
                        match compile::compile(source, body, &options, &mut warnings) {
                            Ok(patch) => patches.push(patch),
                            Err(found) => problems.extend(found),
                        }
                    }
                }
            }
        }
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
            tests,
            once,
            run_unsafe,
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
            digest: blake3::hash(text.as_bytes()),
            text: text.to_owned(),
        })
    }
}
