//! What the toolchain says, made comparable: before against after, whatever
//! lines have moved.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolDiagnostic {
    /// The tool, the package variant, the file and the words without line
    /// numbers: equal before and after when it is the same complaint.
    pub(super) key: String,
    /// The package (with its variant) that it was said of.
    pub(super) package: String,
    /// The file, absolute.
    pub(super) file: Option<PathBuf>,
    /// The line in it, from 1.
    pub(super) line: Option<usize>,
    /// Said by one of vet's analyzers, after types were found to be right.
    pub(super) from_analyzer: bool,
    /// For people: `path:line:column: words`, one line.
    pub(super) text: String,
}

/// What is in `after` and was not in `before`, counted: two of a kind need two
/// before.
pub(super) fn new_ones<'a>(
    before: &[ToolDiagnostic],
    after: &'a [ToolDiagnostic],
) -> Vec<&'a ToolDiagnostic> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for old in before {
        *known.entry(&old.key).or_default() += 1;
    }
    let unseen = |new: &&ToolDiagnostic| match known.get_mut(new.key.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    after.iter().filter(unseen).collect()
}

/// The first of some complaints and how many others there are; a package and
/// its test variant often say the same.
pub(super) fn summary(diagnostics: &[&ToolDiagnostic]) -> String {
    let different: BTreeSet<&str> = diagnostics.iter().map(|one| one.text.as_str()).collect();
    match (diagnostics.first(), different.len()) {
        (None, _) => String::new(),
        (Some(first), 1) => first.text.clone(),
        (Some(first), count) => format!("{} (and {} more)", first.text, count - 1),
    }
}

/// The lines of a compiler (or of vet, where it cannot type-check).
#[derive(Debug, Default)]
pub(super) struct OutputLines {
    pub(super) diagnostics: Vec<ToolDiagnostic>,
    /// The compiler stopped at its limit of errors.
    pub(super) cut_short: bool,
}

/// Reads lines grouped under `# package [variant]`; before the first heading
/// they belong to `package`.
pub(super) fn read_lines(tool: &str, text: &str, package: &str, dir: &Path) -> OutputLines {
    let mut lines = OutputLines::default();
    let mut package = package.to_owned();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            // vet repeats its headings as `# [package]`.
            package = heading.trim_matches(['[', ']']).to_owned();
            if heading.ends_with(']') && !heading.starts_with('[') {
                package.push(']');
            }
        } else if line.trim().is_empty() || line.starts_with("note: ") {
            continue;
        } else if line.starts_with(char::is_whitespace) && !lines.diagnostics.is_empty() {
            // `have (int)`, `want (string)`: they belong to the line above.
            if let Some(last) = lines.diagnostics.last_mut() {
                // The overlay makes paths absolute that are relative without it.
                let words = match split_position(line.trim()) {
                    Some((path, _, words)) => {
                        format!("{} {}", display(&absolute(dir, Path::new(path))), without_lines(words))
                    }
                    None => without_lines(line.trim()),
                };
                last.key = format!("{} {words}", last.key);
                last.text = format!("{} {}", last.text, line.trim());
            }
        } else if line.ends_with("too many errors") {
            lines.cut_short = true;
        } else {
            lines.diagnostics.push(read_line(tool, line, &package, dir));
        }
    }
    lines
}

fn read_line(tool: &str, line: &str, package: &str, dir: &Path) -> ToolDiagnostic {
    let line = line.strip_prefix("vet: ").unwrap_or(line).trim();
    let (file, place, words) = match split_position(line) {
        Some((path, place, words)) => (Some(absolute(dir, Path::new(path))), place, words),
        None => (None, "", line),
    };
    build(tool, package, file, place, words)
}

/// `a/b.go:12:3: words` → (`a/b.go`, `:12:3`, `words`).
fn split_position(line: &str) -> Option<(&str, &str, &str)> {
    let colon = line.find(".go:")? + 3;
    let rest = &line[colon..];
    let end = rest.find(|c: char| c != ':' && !c.is_ascii_digit()).unwrap_or(rest.len());
    let place = rest[..end].trim_end_matches(':');
    (!place.is_empty()).then(|| (&line[..colon], place, rest[end..].trim()))
}

fn build(tool: &str, package: &str, file: Option<PathBuf>, place: &str, words: &str) -> ToolDiagnostic {
    let shown = file.as_deref().map(display);
    let key = format!("{tool}\0{package}\0{}\0{}", shown.as_deref().unwrap_or(""), without_lines(words));
    let text = match &shown {
        Some(path) => format!("{path}{place}: {words}"),
        None => words.to_owned(),
    };
    let from_analyzer = tool.starts_with("vet ");
    let line = place.trim_start_matches(':').split(':').next().and_then(|line| line.parse().ok());
    ToolDiagnostic { key, package: package.to_owned(), file, line, from_analyzer, text }
}

/// What a test (or, without a name, the package's tests as a whole) says when
/// it fails: the same complaint as long as it is the same test.
pub(super) fn of_test(package: &str, test: &str, words: &str) -> ToolDiagnostic {
    let text = match test {
        "" => format!("the tests of {package} fail: {words}"),
        _ => format!("{test} of {package} fails: {words}"),
    };
    let key = format!("test\0{package}\0{test}");
    ToolDiagnostic { key, package: package.to_owned(), file: None, line: None, from_analyzer: false, text }
}

/// The words without the line numbers that they mention (`other declaration
/// at x.go:12:3`, `on line 7`): lines move. Nor do they name the directory of a file: it is
/// spelled as go was told of it.
fn without_lines(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = [".go:", "line "].iter().filter_map(|mark| Some(rest.find(mark)? + mark.len())).min()
    {
        let (words, mark) = (&rest[..at], rest[..at].ends_with(".go:"));
        let name = words.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        let name = name.max(words.rfind(['(', '"']).map_or(0, |opens| opens + 1));
        let (before, path) = words.split_at(name);
        out.push_str(before);
        out.push_str(if mark { path.rsplit(['/', '\\']).next().unwrap_or(path) } else { path });
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    }
    out.push_str(rest);
    out
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VetAnswer {
    Said(Vec<VetLine>),
    Failed { error: String },
}

#[derive(Deserialize)]
struct VetLine {
    #[serde(default)]
    posn: String,
    message: String,
}

/// What `go vet -json` printed: JSON objects, on stdout or (older Go) on
/// stderr between headings, and lines of text where types failed.
pub(super) fn read_vet(text: &str, dir: &Path) -> Vec<ToolDiagnostic> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        if rest.starts_with('{') {
            let mut stream = serde_json::Deserializer::from_str(rest)
                .into_iter::<BTreeMap<String, BTreeMap<String, VetAnswer>>>();
            if let Some(Ok(packages)) = stream.next() {
                found.extend(
                    packages
                        .into_iter()
                        .flat_map(|(package, analyzers)| vet_object(&package, analyzers, dir)),
                );
                rest = rest[stream.byte_offset()..].trim_start_matches(['\r', '\n']);
                continue;
            }
        }
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        plain.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    found.extend(read_lines("vet", &plain, "", dir).diagnostics);
    found
}

fn vet_object(package: &str, analyzers: BTreeMap<String, VetAnswer>, dir: &Path) -> Vec<ToolDiagnostic> {
    let mut found = Vec::new();
    for (analyzer, answer) in analyzers {
        let tool = format!("vet {analyzer}");
        match answer {
            VetAnswer::Failed { error } => found.push(build(&tool, package, None, "", &error)),
            VetAnswer::Said(lines) => found.extend(lines.into_iter().map(|line| {
                let words = line.message.replace('\n', " ");
                match split_position(&line.posn) {
                    Some((path, place, _)) => {
                        build(&tool, package, Some(absolute(dir, Path::new(path))), place, &words)
                    }
                    None => build(&tool, package, None, "", &words),
                }
            })),
        }
    }
    found
}

/// `path` seen from `dir`, without `.` and `..`, links untouched.
pub(super) fn absolute(dir: &Path, path: &Path) -> PathBuf {
    let mut out = if path.is_absolute() { PathBuf::new() } else { dir.to_path_buf() };
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

/// A path for people: relative to the working directory where it lies below.
pub(super) fn display(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let shown = if here.as_os_str().is_empty() { path } else { path.strip_prefix(&here).unwrap_or(path) };
    if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<ToolDiagnostic> {
        read_lines("build", text, "", Path::new("/m")).diagnostics
    }

    #[test]
    fn a_moved_line_is_the_same_complaint() {
        let before = lines(
            "# ex.com/a\n./a.go:3:5: undefined: x\na.go:9:1: f redeclared\n\ta.go:2:6: other declaration of f\n",
        );
        let after = lines(
            "# ex.com/a\n./a.go:30:5: undefined: x\n/m/a.go:8:1: f redeclared\n\ta.go:1:6: other declaration of f\n",
        );
        assert_eq!(before.len(), 2);
        assert!(new_ones(&before, &after).is_empty());
        assert_eq!(before[0].file.as_deref(), Some(Path::new("/m/a.go")));
    }

    #[test]
    fn a_path_that_is_spelled_otherwise_is_the_same_complaint() {
        let before = lines(
            "# ex.com/a\n./a.go:9:1: f redeclared\n\t./b.go:2:6: other declaration of f\na.go:3:1: x (see ./b.go:7:1)\n",
        );
        let after = lines(
            "# ex.com/a\n/m/a.go:8:1: f redeclared\n\t/m/b.go:1:6: other declaration of f\n/m/a.go:3:1: x (see /m/b.go:8:1)\n",
        );
        assert!(new_ones(&before, &after).is_empty(), "{before:?} {after:?}");
        let other = lines("# ex.com/a\n/m/a.go:8:1: f redeclared\n\t/m/c.go:1:6: other declaration of f\n");
        assert_eq!(new_ones(&before, &other).len(), 1);
    }

    #[test]
    fn two_of_a_kind_need_two_before() {
        let before = lines("# p\na.go:3:5: undefined: x\n");
        let after = lines("# p\na.go:3:5: undefined: x\na.go:4:5: undefined: x\n");
        assert_eq!(new_ones(&before, &after).len(), 1);
    }

    #[test]
    fn a_package_and_its_test_variant_are_apart() {
        let plain = lines("# p\na.go:3:5: undefined: x\n");
        let variant = lines("# p [p.test]\na.go:3:5: undefined: x\n");
        assert_eq!(new_ones(&plain, &variant).len(), 1);
        assert_eq!(variant[0].package, "p [p.test]");
    }

    #[test]
    fn reads_vet_in_both_shapes() {
        let json = "{\n\t\"p\": {\n\t\t\"printf\": [\n\t\t\t{\"posn\": \"/m/a.go:5:36\", \"message\": \"wrong type\"}\n\t\t]\n\t}\n}\n";
        let text = format!("{{}}\n{json}# q\nvet: b.go:1:2: undefined: y\n");
        let found = read_vet(&text, Path::new("/m"));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "/m/a.go:5:36: wrong type");
        assert_eq!((found[1].package.as_str(), found[1].text.as_str()), ("q", "/m/b.go:1:2: undefined: y"));
    }
}
