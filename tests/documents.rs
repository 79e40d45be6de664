//! The documents: what is generated in them is as the code says it, their links lead
//! somewhere, and their shell blocks run.

use gomend::rewrite::{Evidence, RuleEntry, RuleOption};
use gomend::transforms::{CATALOGUE, EVIDENCE};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Every document that a user reads.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("SECURITY.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                Some(extension) if extension == "md" => found.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Compares what stands between the comments `<!-- name -->` and `<!-- end of ... -->` of a
/// document with what belongs there; with `BLESS=1` writes it.
fn section(path: &Path, open: &str, close: &str, wanted: &str) {
    let mut text = read(path);
    let start = text.find(open).unwrap_or_else(|| panic!("{} has no {open}", path.display())) + open.len();
    let end = start + text[start..].find(close).unwrap_or_else(|| panic!("{open} does not end"));
    if bless() {
        text.replace_range(start..end, wanted);
        std::fs::write(path, text).unwrap();
    } else {
        let diff = gomend::text::diff::unified(
            "document",
            "wanted",
            &text.as_bytes()[start..end],
            wanted.as_bytes(),
            0,
        );
        assert!(
            &text[start..end] == wanted,
            "`BLESS=1 cargo test documents::` writes {open} of {}:\n{}",
            path.display(),
            String::from_utf8_lossy(&diff)
        );
    }
}

fn named_section(path: &Path, name: &str, wanted: &str) {
    section(path, &format!("<!-- {name} -->\n"), &format!("<!-- end of {name} -->"), wanted);
}

fn rules_table() -> String {
    let mut table = String::from("| rule | best level | Go | does | guards |\n|---|---|---|---|---|\n");
    for entry in CATALOGUE {
        let meta = entry.meta;
        let go = meta.since.map_or("any".to_owned(), |since| format!("{since}+"));
        let opt_in = match (meta.opt_in, meta.no_gain) {
            (_, true) => ", by name",
            (true, false) => ", opt-in",
            (false, false) => "",
        };
        let (id, level, guards) = (meta.id, meta.best.word(), meta.guards.len());
        table +=
            &format!("| [`{id}`](rules/{id}.md) | {level}{opt_in} | {go} | {} | {guards} |\n", meta.title);
    }
    table
}

fn measured(entry: &RuleEntry) -> Evidence {
    let id = entry.meta.id;
    Evidence::of(EVIDENCE, id).unwrap_or_else(|| {
        panic!("{id}: not measured; give it a pair in benches/go and run scripts/evidence.sh")
    })
}

fn evidence_table() -> String {
    let setting = measured(&CATALOGUE[0]).setting;
    let mut table = format!(
        "Medians on {setting}.\n\n| rule | level | measured | the document's figure |\n|---|---|---|---|\n"
    );
    for entry in CATALOGUE {
        let (id, level) = (entry.meta.id, entry.meta.best.word());
        let measured = measured(entry);
        table +=
            &format!("| [`{id}`](rules/{id}.md) | {level} | {} | {} |\n", measured.figures(), measured.seed);
    }
    table
}

#[test]
fn every_rule_and_what_was_measured_of_it_is_listed() {
    named_section(&root().join("docs/rules.md"), "rules", &rules_table());
    named_section(&root().join("docs/measurements.md"), "evidence", &evidence_table());
}

/// The page of a rule as a document: its header, with what its row and its figures say.
fn page(entry: &RuleEntry) -> String {
    let meta = entry.meta;
    let go = meta.since.map_or(String::new(), |since| format!(", Go {since} and later"));
    let (id, title, level, group) = (meta.id, meta.title, meta.best.word(), meta.group.word());
    let figures = measured(entry).figures();
    let mut body = String::new();
    let mut code = false;
    for line in entry.page().lines() {
        let fence = line.starts_with("```");
        code ^= fence;
        // The sections of a header are its own first level.
        let heading = !code && line.starts_with("# ");
        if heading || fence && code {
            body.push('\n');
        }
        body += &format!("{}{line}\n", if heading { "#" } else { "" });
        if heading || fence && !code {
            body.push('\n');
        }
    }
    let title = title[..1].to_uppercase() + &title[1..];
    format!(
        "# {id}\n\n{title}. Best level: {level}{go}. Group: {group}.\n\n{}\n\nMeasured: {figures} \
         ([all figures](../measurements.md)). [All rules](../rules.md)\n",
        body.trim()
    )
}

#[test]
fn every_rule_has_a_page_and_no_page_is_left() {
    let folder = root().join("docs/rules");
    let mut names = BTreeSet::new();
    for entry in CATALOGUE {
        let name = format!("{}.md", entry.meta.id);
        let path = folder.join(&name);
        if bless() {
            std::fs::write(&path, page(entry)).unwrap();
        } else {
            let written = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                written == page(entry),
                "docs/rules/{name} is missing, or not what the header of the rule says: \
                 `BLESS=1 cargo test documents::` writes it"
            );
        }
        names.insert(name);
    }
    let there = std::fs::read_dir(&folder).unwrap();
    let mut there: BTreeSet<String> =
        there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    if bless() {
        // One by one: other tests read the pages at the same time.
        for left in there.difference(&names) {
            std::fs::remove_file(folder.join(left)).unwrap();
        }
        there.retain(|name| names.contains(name));
    }
    assert_eq!(there, names, "pages on the left, rules on the right: `BLESS=1 cargo test documents::`");
}

/// A row for each key of an object of the schema.
fn keys(object: &serde_json::Value) -> String {
    let value = |key: &serde_json::Value| {
        let of = if key["type"] == "array" { &key["items"] } else { key };
        let word = match (of["enum"].as_array(), of["type"].as_str(), of["$ref"].as_str()) {
            (Some(values), ..) if values.len() < 6 => values
                .iter()
                .map(|value| format!("`{}`", value.as_str().unwrap()))
                .collect::<Vec<_>>()
                .join(", "),
            (Some(_), ..) => "rules".to_owned(),
            _ if of["anyOf"].is_array() => "rules".to_owned(),
            (_, Some("string"), _) => "string".to_owned(),
            (_, Some("boolean"), _) => "`true`, `false`".to_owned(),
            _ => "table".to_owned(),
        };
        if key["type"] == "array" { format!("list of {word}") } else { word }
    };
    let mut table = String::from("| key | value | |\n|---|---|---|\n");
    for (name, key) in object["properties"].as_object().unwrap() {
        let description = key["description"].as_str().unwrap();
        table += &format!("| `{name}` | {} | {description} |\n", value(key));
    }
    table
}

#[test]
fn every_key_of_the_configuration_is_listed() {
    let ids: Vec<&str> = CATALOGUE.iter().map(|entry| entry.meta.id).collect();
    let options = |rule: &str| -> &'static [RuleOption] {
        CATALOGUE.iter().find(|entry| entry.meta.id == rule).map_or(&[][..], |entry| entry.meta.options)
    };
    let schema = gomend::config::schema(&ids, &["timers"], &options);
    let mut text = keys(&schema);
    text += &format!("\n## `[[override]]`\n\n{}", keys(&schema["$defs"]["override"]));
    text += &format!("\n## `[audit]`\n\n{}", keys(&schema["$defs"]["audit"]));
    text += &format!("\n## `[packs]`\n\n{}", keys(&schema["$defs"]["pack"]));
    text += "\n## `[rules.ID]`\n\n| rule | option | values |\n|---|---|---|\n";
    for entry in CATALOGUE {
        for option in entry.meta.options {
            let values: Vec<String> = option.values.iter().map(|value| format!("`{value}`")).collect();
            text += &format!("| `{}` | `{}` | {} |\n", entry.meta.id, option.key, values.join(", "));
        }
    }
    named_section(&root().join("docs/configuration.md"), "keys", &text);
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The anchors of a document's headings, as code hosts make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap_or_default().to_lowercase();
                let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
                found.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let text = read(&document);
        for event in parser(&text) {
            let Event::Start(Tag::Link { dest_url: link, .. } | Tag::Image { dest_url: link, .. }) = event
            else {
                continue;
            };
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            checked += 1;
            let (path, anchor) = link.split_once('#').map_or((&*link, None), |(path, at)| (path, Some(at)));
            let target = match path {
                "" => document.clone(),
                path => document.parent().unwrap().join(path),
            };
            let leads =
                target.exists() && anchor.is_none_or(|anchor| anchors(&read(&target)).contains(anchor));
            if !leads {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(checked > 100, "{checked} links");
}

/// The code blocks of a document whose language is `sh`: what else stands behind it, and the text.
fn shell_blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for event in parser(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let (language, rest) = info.split_once(' ').unwrap_or((&info, ""));
                inside = language == "sh";
                if inside {
                    blocks.push((rest.to_owned(), String::new()));
                }
            }
            Event::Text(part) if inside => blocks.last_mut().expect("one was begun").1.push_str(&part),
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => {}
        }
    }
    blocks
}

/// A repository with the example, and a `gomend` on PATH for which status 1, findings remain,
/// is no failure.
fn ground(scratch: &Path) -> (PathBuf, std::ffi::OsString) {
    let tree = scratch.join("tree");
    let script = "set -e; mkdir bin; cp -r \"$EXAMPLE\" tree; cd tree; \
                  mkdir -p internal/db; echo 'package db' >internal/db/db.go; \
                  echo '* @team' >CODEOWNERS; git init -q; git add .; \
                  git -c user.name=a -c user.email=a@example.com commit -qm start; \
                  git update-ref refs/remotes/origin/main HEAD";
    let made = Command::new("bash")
        .args(["-c", script])
        .current_dir(scratch)
        .env("EXAMPLE", root().join("examples/service"))
        .status();
    assert!(made.unwrap().success());
    let gomend = scratch.join("bin/gomend");
    let program = env!("CARGO_BIN_EXE_gomend");
    std::fs::write(&gomend, format!("#!/bin/sh\n'{program}' \"$@\"\nstatus=$?\n[ $status -le 1 ]\n"))
        .unwrap();
    std::fs::set_permissions(&gomend, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut path = scratch.join("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    (tree, path)
}

/// A block that is marked `sh build` builds gomend, one that is marked `sh tools` runs programs
/// that have to be installed; neither is run here.
#[test]
fn every_shell_block_runs() {
    let mut ran = 0;
    for document in documents() {
        for (mark, block) in shell_blocks(&read(&document)) {
            assert!(["", "build", "tools"].contains(&mark.as_str()), "{}: ```sh {mark}", document.display());
            if !mark.is_empty() {
                continue;
            }
            let scratch = tempfile::tempdir().unwrap();
            let (tree, path) = ground(scratch.path());
            let output = Command::new("bash")
                .args(["-euo", "pipefail", "-c", &block])
                .current_dir(&tree)
                .env("PATH", path)
                .env("HOME", scratch.path())
                .env("XDG_STATE_HOME", scratch.path().join("state"))
                .env("XDG_CACHE_HOME", scratch.path().join("cache"))
                .env("GOCACHE", go_cache())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}:\n{block}\n{}\n{said}", document.display(), output.status);
            ran += 1;
        }
    }
    assert!(ran >= 10, "{ran} blocks");
}

fn go_cache() -> String {
    let output = Command::new("go").args(["env", "GOCACHE"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// `<!-- output of: COMMAND -->` stands before a block that shows what it prints.
#[test]
fn outputs_are_what_gomend_prints() {
    let mut shown = 0;
    for document in documents() {
        let text = read(&document);
        for line in text.lines() {
            let Some(command) = line.strip_prefix("<!-- output of: gomend ") else { continue };
            let command = command.trim_end_matches(" -->");
            let output = Command::new(env!("CARGO_BIN_EXE_gomend"))
                .args(command.split(' '))
                .args(["--color", "never", "--no-cache"])
                .current_dir(root())
                .env("COLUMNS", "100")
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let wanted = format!("```console\n$ gomend {command}\n{}\n```\n", printed.trim_end());
            section(&document, &format!("{line}\n"), "<!-- end of output -->", &wanted);
            shown += 1;
        }
    }
    assert!(shown >= 1);
}
