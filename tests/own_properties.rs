//! Properties of rules that are made from random code: what both sides share stays, what is
//! parsed is what gofmt parses, other names and line ends make no difference, and nothing that a
//! patch may say ends the program.

use crate::random::Random;
use crate::support::{planned, seen};
use gomend::model::effects::is_predeclared;
use gomend::model::imports::package_of;
use gomend::model::package::Package;
use gomend::model::scope::{self, Def};
use gomend::pattern::{PatchRule, RuleFile};
use gomend::rewrite::{Applicability, RuleEntry};
use gomend::syntax::{File, Kind, Node};
use gomend::text::{Edit, Edits, Span};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

/// Go files of the distribution, without tests and data.
static CODE: LazyLock<Vec<Arc<File>>> = LazyLock::new(|| {
    let go = Command::new("go").args(["env", "GOROOT"]).output().expect("go is needed on PATH");
    let root = PathBuf::from(String::from_utf8_lossy(&go.stdout).trim()).join("src");
    let mut files = Vec::new();
    for package in ["net/http", "go/types", "encoding/json", "text/template", "database/sql", "os/exec"] {
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(root.join(package)).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        for path in names.iter().filter(|path| is_code(path)) {
            files.push(Arc::new(File::new(path, std::fs::read_to_string(path).unwrap())));
        }
    }
    files
});

fn is_code(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.ends_with(".go") && !name.ends_with("_test.go")
}

/// How often a property is tried: fewer times every day than in the long run.
fn rounds(daily: usize) -> usize {
    std::env::var("RULES").ok().and_then(|number| number.parse().ok()).unwrap_or(daily)
}

/// What can stand as a pattern by itself, on one line.
const PATTERNS: &[Kind] = &[Kind::CallExpression, Kind::BinaryExpression, Kind::SelectorExpression];
/// What can be hidden behind a variable.
const HIDDEN: &[Kind] = &[
    Kind::CallExpression,
    Kind::BinaryExpression,
    Kind::Identifier,
    Kind::InterpretedStringLiteral,
    Kind::IntLiteral,
    Kind::UnaryExpression,
    Kind::IndexExpression,
];

/// A pattern of an expression of the code, and its text with one of its parts hidden behind a
/// variable.
fn pattern(random: &mut Random) -> Option<(Arc<File>, String, String)> {
    let file = random.pick(&CODE.iter().collect::<Vec<_>>()).clone();
    // A file of nothing but comments has none.
    let count = file.outline().decls.len();
    if count == 0 {
        return None;
    }
    let decl = random.below(count);
    let root = file.decl(decl)?;
    let whole: Vec<Node<'_>> =
        root.descendants().filter(|node| node.is(PATTERNS) && !node.text().contains('\n')).collect();
    if whole.is_empty() {
        return None;
    }
    let node = random.pick(&whole);
    // A predeclared name of a pattern means what the language says, and nothing that the code
    // calls so.
    let other = |name: Node<'_>| {
        name.kind() == Kind::Identifier
            && is_predeclared(name.text(), &Package::new(Vec::new()))
            && scope::resolve(name) != Def::Outside
    };
    if node.descendants().any(other) {
        return None;
    }
    let parts: Vec<Node<'_>> = node
        .descendants()
        .filter(|part| {
            part.is(HIDDEN)
                && part.span() != node.span()
                && part.field_name() != Some(gomend::syntax::Field::Function)
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    let part = random.pick(&parts);
    let text = node.text();
    let at = part.start() - node.start();
    let hidden = format!("{}hiddenPart{}", &text[..at], &text[at + part.text().len()..]);
    let text = text.to_owned();
    Some((file.clone(), text, hidden))
}

/// The imports of a file as a rule declares them.
fn imports(file: &File) -> String {
    let line = |import: &gomend::syntax::Import| match &import.name {
        Some(name) if name.text == "_" || name.text == "." => String::new(),
        Some(name) => format!("import {} \"{}\"\n", name.text, import.path),
        None => format!("import \"{}\"\n", import.path),
    };
    file.imports().iter().map(line).collect()
}

fn rule(patch: &str, head: &str) -> Result<RuleEntry, gomend::pattern::RuleError> {
    let text = format!("title: a property\n{head}\n-- rule.patch --\n{patch}");
    RuleFile::parse("property", "property.txtar", &text).map(|file| PatchRule::new("own", file).entry())
}

#[test]
fn what_both_sides_share_is_not_changed() {
    let mut random = Random::new(11);
    let (mut read, mut met) = (0, 0);
    let wanted = rounds(300);
    while read < wanted {
        let Some((file, text, hidden)) = pattern(&mut random) else { continue };
        let patch = format!("@@\n{}var hiddenPart expr\n@@\n-{hidden}\n+{hidden}\n", imports(&file));
        // What is nothing but variables is refused, and so is what names no package of the rule.
        let Ok(entry) = rule(&patch, "level: unsafe\nonce: yes\n") else { continue };
        read += 1;
        let plan = planned(vec![file.clone()], &[entry], Applicability::Advice);
        assert!(plan.files.is_empty(), "`{hidden}` changes {}", file.path().display());
        // The same pattern finds the code that it was made from.
        let search = format!("@@\n{}var hiddenPart expr\n@@\n-{hidden}\n", imports(&file));
        let entry = rule(&search, "").expect("a pattern that was read is read again");
        let sites = seen(&file, &[entry]);
        met += usize::from(!sites.is_empty());
        assert!(!sites.is_empty(), "`{hidden}` does not find `{text}` in {}", file.path().display());
    }
    assert_eq!(met, read);
}

/// A random rule that searches, and the file that it was made from.
fn search(random: &mut Random) -> Option<(Arc<File>, RuleEntry, String)> {
    let (file, _, hidden) = pattern(random)?;
    let patch = format!("@@\n{}var hiddenPart expr\n@@\n-{hidden}\n", imports(&file));
    Some((file, rule(&patch, "").ok()?, hidden))
}

/// The lines on which a rule finds something.
fn lines(file: &Arc<File>, entry: &RuleEntry) -> Vec<usize> {
    let sites = seen(file, std::slice::from_ref(entry));
    let mut lines: Vec<usize> =
        sites.iter().map(|site| file.lines().line(site.rule_match.diagnostic.span.start)).collect();
    lines.sort_unstable();
    lines
}

/// The file with another name for each import that has none.
fn aliased(file: &File) -> Option<Arc<File>> {
    let mut edits = Edits::new();
    for (index, import) in file.imports().iter().enumerate().filter(|(_, import)| import.name.is_none()) {
        let alias = format!("twin{index}");
        edits.push(Edit { span: Span::at(import.span.start), text: format!("{alias} ") }).ok()?;
        for root in (0..file.outline().decls.len()).filter_map(|decl| file.decl(decl)) {
            for node in
                root.descendants().filter(|node| node.is(&[Kind::Identifier, Kind::PackageIdentifier]))
            {
                let named = matches!(scope::resolve(node), Def::Import(found) if found.span == import.span);
                if named && node.parent().and_then(package_of) == Some(import.path.as_str()) {
                    edits.push(Edit { span: node.span(), text: alias.clone() }).ok()?;
                }
            }
        }
    }
    Some(Arc::new(File::new(file.path(), edits.apply(file.text()))))
}

#[test]
fn line_ends_and_names_of_imports_make_no_difference() {
    let mut random = Random::new(23);
    let (mut tried, mut found) = (0, 0);
    while tried < rounds(120) {
        let Some((file, entry, hidden)) = search(&mut random) else { continue };
        tried += 1;
        let own = lines(&file, &entry);
        found += usize::from(!own.is_empty());
        let name = file.path().display();
        let windows = Arc::new(File::new(file.path(), file.text().replace('\n', "\r\n")));
        assert_eq!(lines(&windows, &entry), own, "`{hidden}` with CR LF in {name}");
        if let Some(alias) = aliased(&file) {
            assert_eq!(lines(&alias, &entry), own, "`{hidden}` with other names of imports in {name}");
        }
    }
    assert!(found > tried / 2, "{found} of {tried}");
}

#[test]
fn what_a_rule_writes_is_what_gofmt_writes() {
    let mut random = Random::new(37);
    let scratch = tempfile::tempdir().unwrap();
    let (mut tried, mut changed) = (0, 0);
    while tried < rounds(60) {
        let Some((file, _, hidden)) = pattern(&mut random) else { continue };
        let new = hidden.replacen("hiddenPart", "wrapped(hiddenPart)", 1);
        let patch = format!("@@\n{}var hiddenPart expr\n@@\n-{hidden}\n+{new}\n", imports(&file));
        let Ok(entry) = rule(&patch, "level: unsafe\nonce: yes\n") else { continue };
        tried += 1;
        let plan = planned(vec![file.clone()], &[entry], Applicability::Unsafe);
        for after in plan.files.values().map(|planned| &planned.after) {
            let comment = format!("// {hidden}\n");
            // What was untidy before may be so afterwards: the distribution is tidy.
            std::fs::write(scratch.path().join(format!("f{tried}.go")), after).unwrap();
            std::fs::write(scratch.path().join(format!("f{tried}.txt")), comment).unwrap();
            changed += 1;
        }
    }
    assert!(changed > tried / 3, "{changed} of {tried}");
    let said = Command::new("gofmt").args(["-l", "-e"]).arg(scratch.path()).output().unwrap();
    let changes = Command::new("gofmt").arg("-d").arg(scratch.path()).output().unwrap().stdout;
    let changes = String::from_utf8_lossy(&changes);
    let (listed, errors) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    let patterns: Vec<String> = listed
        .lines()
        .map(|file| std::fs::read_to_string(Path::new(file).with_extension("txt")).unwrap_or_default())
        .collect();
    assert!(
        listed.is_empty() && errors.is_empty(),
        "gofmt changes what {patterns:?} wrote\n{errors}{changes}"
    );
}

/// The rules that are mutated.
fn written_rules() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    for folder in ["tests/own_rules", "examples/rules"] {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let archives = files.iter().filter(|file| file.extension().is_some_and(|end| end == "txtar"));
        texts.extend(archives.map(|file| std::fs::read_to_string(file).unwrap()));
    }
    texts
}

/// What mutations put in.
const PIECES: &[&str] = &[
    "...",
    "@@",
    "@@ calls",
    "@@ rename",
    "-",
    "+",
    " ",
    "(",
    ")",
    "|",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "`",
    "'",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "#",
    "var x expr",
    "where ",
    "let y = ",
    "import \"",
    "func ",
    "type ",
    "field ",
    "format(",
    "fresh(\"",
    "zero(",
    "x in (",
    "x matches `",
    "inside ",
    "!",
    "&&",
    "||",
    "len(x) == ",
    "value(x) > ",
    "0",
    "99999999999999999999",
    "é",
    "\u{a66e}",
    "\0",
    "package ",
    "level: safe",
    "once: yes",
    "cleanup: helpers",
    "-- rule.patch --",
    "-- a.in.go --",
    "//",
    "/*",
    "*/",
    "<-",
    ":=",
    "$x",
    "~[]byte",
    "impl io.Writer",
    "const int",
    "literal string",
    "each(x, y)",
    "follows z",
];

#[test]
fn no_patch_ends_the_program_and_each_error_has_a_place() {
    let rules = written_rules();
    let mut random = Random::new(41);
    let (mut bad, mut good) = (0, 0);
    for _ in 0..rounds(1500) {
        let mut text = rules[random.below(rules.len())].clone();
        for _ in 0..=random.below(4) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let (from, to) = (places[random.below(places.len())], places[random.below(places.len())]);
            match random.below(4) {
                0 => text.insert_str(from, random.pick(PIECES)),
                1 => {
                    let first = random.below(places.len());
                    let last = places[(first + random.below(30)).min(places.len() - 1)];
                    drop(text.drain(places[first]..last));
                }
                2 => {
                    let piece = text[from.min(to)..from.max(to)].chars().take(60).collect::<String>();
                    text.insert_str(to, &piece);
                }
                _ => {
                    let end = text[from..].chars().next().map_or(from, |c| from + c.len_utf8());
                    text.replace_range(from..end, random.pick(PIECES));
                }
            }
            if text.is_empty() {
                text.push(' ');
            }
        }
        let count = text.lines().count() + 1;
        match RuleFile::parse("mutant", "mutant.txtar", &text) {
            Ok(file) => {
                drop(PatchRule::new("own", file));
                good += 1;
            }
            Err(error) => {
                bad += 1;
                for problem in error.problems {
                    assert!((1..=count).contains(&problem.line), "{problem:?} of {count} lines\n{text}");
                    assert!(!problem.message.is_empty());
                }
            }
        }
    }
    assert!(bad > 0 && good > 0, "{bad} bad, {good} good");
}
