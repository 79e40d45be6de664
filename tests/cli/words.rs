//! Plain English in whatever gomend says: words that no message, help or page uses.

use crate::ground::Ground;
use gomend::transforms::CATALOGUE;
use regex::Regex;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What is not said, and what is said instead.
const FORBIDDEN: &[(&str, &str)] = &[
    (r"(?i)\bseeds?\b", "the document's title"),
    (r"\b(SRC|OPT|SEN|PKG) ?\d", "the document's title"),
    (r"(?i)\bthe document (that|says|has|claims)", "the document's title"),
    (r"(?i)\b(each|every|a|first|last|next|this|same|another|per) turns?\b", "iteration"),
    (r"(?i)\b(held|hold|holds) (it |them |a fix |nothing |anything )?back\b", "left out, suppressed"),
    (r"(?i)\bcannot be asked\b", "cannot be run"),
    (r"(?i)\bas far as none\b", "nothing is proved"),
    (r"(?i)\bis none\b[;.,]", "is not a …"),
    (r"(?i)(?:\b(?:it|this|that)|`|\}) is no [^lmo]", "is not a"),
    (r"(?i)\bbegins no\b", "does not begin a"),
    (r"(?i)\banew\b", "again"),
    (r"(?i)\b(thereof|therein|whereof|wherein|hereby|thereby|whereupon|hitherto)\b", "plain words"),
    (r"(?i)\bat work\b", "running"),
    (r"(?i)\bleads? round\b", "a cycle"),
    (r"(?i)\bneeds? a person\b", "needs a change by hand"),
    (r"(?i)\bmistake of the rule\b", "a bug in the rule"),
    (r"\((?:s|es|ies)\)", "one or many"),
    (r"(?i)\bteh\b|\brecieve|\boccured\b|\bseperate|\bdoes'nt\b|\bit's own\b", "spelling"),
    (r"(?i)\b(the the|a a|is is|to to|of of|in in|and and)\b", "one of them"),
    (r"(?i)\ba (?:unused|unknown|unsafe|edit|error|import|option|owner|index|interface|array|empty)\b", "an"),
    (r"(?i)\ban (?:fix|file|path|rule|run|plan|patch|loop|line|safe|safely)\b", "a"),
];

/// Names of guards, and of what Go and git call so, are no words of ours.
const NAMES: &[&str] = &["operand-read-anew", "is none of"];

/// The forbidden words in `text`.
fn found(text: &str) -> Vec<String> {
    let text = NAMES.iter().fold(text.to_owned(), |text, name| text.replace(name, "…"));
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        FORBIDDEN.iter().map(|(pattern, instead)| (Regex::new(pattern).unwrap(), *instead)).collect()
    });
    let hits =
        RULES.iter().filter_map(|(rule, instead)| Some((rule.find(&text)?.as_str().to_owned(), instead)));
    hits.map(|(hit, instead)| format!("`{hit}` ({instead})")).collect()
}

/// A text of a source file: where it stands, and what it says.
struct Said {
    line: usize,
    text: String,
}

/// A character of Rust, and what goes on in the next line of a string.
static CHARACTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\A'(\\[^']*|[^'\\]|\\')'").unwrap());
static CONTINUED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\\n\s*").unwrap());

/// The string literals of a Rust file, without those of its tests.
fn literals(source: &str) -> Vec<Said> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut said = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let mut text = None;
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some((signs, inner)) = raw(rest) {
            let end = format!("\"{}", "#".repeat(signs));
            let close = inner.find(&end).unwrap_or(inner.len());
            text = Some(inner[..close].to_owned());
            (rest.len() - inner.len() + close + end.len()).min(rest.len())
        } else if first == '"' {
            let mut end = 1;
            while !rest[end..].starts_with('"') {
                let step = if rest[end..].starts_with('\\') { 2 } else { 1 };
                end += rest[end..].chars().take(step).map(char::len_utf8).sum::<usize>();
            }
            let joined = CONTINUED.replace_all(&rest[1..end], "");
            text = Some(joined.replace("\\n", "\n").replace("\\\"", "\""));
            end + 1
        } else if first == '\'' {
            CHARACTER.find(rest).map_or(1, |char| char.end())
        } else {
            first.len_utf8()
        };
        said.extend(text.map(|text| Said { line, text }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    said
}

/// How many signs a raw string begins with, and what follows its quote.
fn raw(rest: &str) -> Option<(usize, &str)> {
    let after = rest.strip_prefix('r')?;
    let bare = after.trim_start_matches('#');
    Some((after.len() - bare.len(), bare.strip_prefix('"')?))
}

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_list_sees_what_is_wrong_and_nothing_else() {
    for wrong in [
        "standard input is none; name a file",
        "a timer at each turn of the loop",
        "it stands on a fix that was held back",
        "gofmt cannot be asked",
        "The seed, SRC 3: 7.7 times",
        "`x` is no run",
        "write it anew",
        "1 needs a person",
    ] {
        assert!(!found(wrong).is_empty(), "{wrong}");
    }
    for right in [
        "take the items in turn",
        "there is no rule `x`",
        "it is no longer a leak",
        "switch it off in turn",
        "none of them is left",
        "an unused import of a file",
    ] {
        assert_eq!(found(right), Vec::<String>::new(), "{right}");
    }
    let source = "fn f() { // \"seed\"\n    g('\"', \"a \\\"b\\\"\", r#\"c \"d\" \"#);\n}\n";
    let texts: Vec<(usize, String)> =
        literals(source).into_iter().map(|said| (said.line, said.text)).collect();
    assert_eq!(texts, [(2, "a \"b\"".to_owned()), (2, "c \"d\" ".to_owned())]);
}

#[test]
fn no_message_uses_a_forbidden_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("transforms"), &mut files);
    // Where a rule names its sources by their keys, which nobody is shown.
    let keys = Regex::new(r"seeds: &\[[^\]]*\]").unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let source = keys.replace_all(&source, "");
        for Said { line, text } in literals(&source).into_iter().filter(|said| said.text.contains(' ')) {
            seen += 1;
            let hits = found(&text);
            if !hits.is_empty() {
                wrong.push(format!("{}:{line}: {}: {text}", file.display(), hits.join(", ")));
            }
        }
    }
    assert!(seen > 1500, "{seen} texts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_page_and_no_help_uses_a_forbidden_word() {
    let ground = Ground::new(&[]);
    let mut pages: Vec<(String, String)> =
        CATALOGUE.iter().map(|entry| (entry.meta.id.to_owned(), entry.page())).collect();
    for entry in CATALOGUE {
        let shown = ground.run(&["explain", entry.meta.id]).code(0).out;
        pages.push((format!("explain {}", entry.meta.id), shown));
    }
    pages.push(("explain unused-suppression".to_owned(), ground.run(&["explain", "unused-suppression"]).out));
    pages.push(("man".to_owned(), ground.run(&["man"]).out));
    pages.push((
        "rules".to_owned(),
        ground.run(&["rules"]).out + &ground.run(&["rules", "--format", "json"]).out,
    ));
    let script = ground.run(&["completions", "fish"]).out;
    let verbs = script.lines().filter_map(|line| line.split("__fish_gomend_needs_command\" -f -a \"").nth(1));
    for verb in verbs.filter_map(|rest| rest.split('"').next()) {
        pages.push((format!("help {verb}"), ground.run(&["help", verb]).code(0).out));
    }
    assert!(pages.len() > CATALOGUE.len() * 2 + 15, "{}", pages.len());
    let mut wrong = Vec::new();
    for (name, page) in pages {
        // Sentences are wrapped; code and names are not ours.
        let text = page.split_whitespace().collect::<Vec<_>>().join(" ");
        wrong.extend(found(&text).into_iter().map(|hit| format!("{name}: {hit}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The page of `gomend report` has texts of its own.
#[test]
fn the_page_of_a_report_uses_no_forbidden_word() {
    let ground = Ground::sleepy();
    ground.run(&["report", "--select", "all", "-o", "r.html"]).code(0);
    let page = ground.text("r.html");
    let markup = Regex::new("(?s)<(script|style).*?</(script|style)>|<[^>]*>").unwrap();
    let hits = found(&markup.replace_all(&page, " "));
    assert!(hits.is_empty(), "{hits:?}");
}
