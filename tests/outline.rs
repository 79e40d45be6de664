//! The outline against tree-sitter on every file of the standard library, and
//! against mutilated files.

use crate::toolchain::{go_files, goroot};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gomend::syntax::outline::{DeclKind, Outline, tokens};
use gomend::text::Span;
use proptest::prelude::*;
use tree_sitter::{Node, Parser};

/// One line for each fact that both sides have to agree on, in file order.
type Facts = Vec<String>;

fn fact(span: Span, what: &str, names: &[&str], receiver: Option<&str>) -> String {
    format!("{span:?} {what} {} {}", names.join(","), receiver.unwrap_or(""))
}

fn outline_facts(text: &str) -> Facts {
    let outline = Outline::of(text);
    let mut facts = Vec::new();
    facts.extend(outline.package.iter().map(|name| fact(name.span, "package", &[&name.text], None)));
    for import in &outline.imports {
        let name = import.name.as_ref().map_or("", |name| &name.text);
        let within = outline.import_decls[import.decl].span.covers(import.span);
        let path = literal_or_value(import.span.of(text), &import.path);
        facts.push(fact(import.span, if within { "spec" } else { "stray" }, &[name, path], None));
    }
    for decl in &outline.import_decls {
        facts.push(fact(decl.span, if decl.group.is_some() { "imports" } else { "import" }, &[], None));
    }
    for decl in &outline.decls {
        let names: Vec<_> = decl.names.iter().map(|name| name.text.as_str()).collect();
        let what = match decl.kind {
            _ if decl.broken => "broken",
            DeclKind::Func => "func",
            DeclKind::Method => "method",
            DeclKind::Var => "var",
            DeclKind::Const => "const",
            DeclKind::Type => "type",
        };
        facts.push(fact(decl.span, what, &names, decl.receiver.as_deref()));
    }
    facts
}

/// A path with escapes is compared as it is written.
fn literal_or_value<'t>(spec: &'t str, value: &'t str) -> &'t str {
    if spec.contains('\\') { spec } else { value }
}

fn tree_facts(root: Node, text: &str) -> Facts {
    let (mut package, mut specs, mut imports, mut decls) = (vec![], vec![], vec![], vec![]);
    for node in root.named_children(&mut root.walk()) {
        let span = Span::new(node.start_byte(), node.end_byte());
        match node.kind() {
            "package_clause" if package.is_empty() => {
                let name = node.named_child(0).expect("a package clause has a name");
                let span = Span::new(name.start_byte(), name.end_byte());
                package.push(fact(span, "package", &[span.of(text)], None));
            }
            "import_declaration" => {
                let mut all = Vec::new();
                descendants(node, &["import_spec"], &mut all);
                for spec in &all {
                    let path = spec.child_by_field_name("path").expect("an import has a path");
                    let name = spec.child_by_field_name("name").map_or("", |name| &text[name.byte_range()]);
                    let path = &text[path.start_byte() + 1..path.end_byte() - 1];
                    let span = Span::new(spec.start_byte(), spec.end_byte());
                    let path = literal_or_value(span.of(text), path);
                    specs.push(fact(span, "spec", &[name, path], None));
                }
                let grouped = node.named_child(0).is_some_and(|list| list.kind() == "import_spec_list");
                imports.push(fact(span, if grouped { "imports" } else { "import" }, &[], None));
            }
            "function_declaration" => decls.push(fact(span, "func", &[field(node, "name", text)], None)),
            "method_declaration" => {
                let receiver = node.child_by_field_name("receiver").and_then(|list| base_type(list, text));
                decls.push(fact(span, "method", &[field(node, "name", text)], receiver));
            }
            "var_declaration" => decls.push(fact(span, "var", &spec_names(node, text), None)),
            "const_declaration" => decls.push(fact(span, "const", &spec_names(node, text), None)),
            "type_declaration" => decls.push(fact(span, "type", &spec_names(node, text), None)),
            _ => {}
        }
    }
    [package, specs, imports, decls].concat()
}

fn field<'t>(node: Node, name: &str, text: &'t str) -> &'t str {
    node.child_by_field_name(name).map_or("", |field| &text[field.byte_range()])
}

/// The specs below a declaration, those of nested declarations left out.
fn descendants<'t>(node: Node<'t>, kinds: &[&str], found: &mut Vec<Node<'t>>) {
    for child in node.named_children(&mut node.walk()) {
        if kinds.contains(&child.kind()) {
            found.push(child);
        } else if child.kind().ends_with("_spec_list") {
            descendants(child, kinds, found);
        }
    }
}

fn spec_names<'t>(node: Node, text: &'t str) -> Vec<&'t str> {
    let mut specs = Vec::new();
    descendants(node, &["var_spec", "const_spec", "type_spec", "type_alias"], &mut specs);
    let mut names = Vec::new();
    for spec in specs {
        let fields: Vec<_> = spec.children_by_field_name("name", &mut spec.walk()).collect();
        names.extend(fields.iter().filter(|name| name.is_named()).map(|name| &text[name.byte_range()]));
    }
    names
}

/// The base type of a receiver, from the tree: through parentheses, pointers
/// and type arguments.
fn base_type<'t>(node: Node, text: &'t str) -> Option<&'t str> {
    match node.kind() {
        "type_identifier" => Some(&text[node.byte_range()]),
        "parameter_declaration" | "generic_type" => base_type(node.child_by_field_name("type")?, text),
        "parameter_list" | "pointer_type" | "parenthesized_type" => {
            let child = node.named_children(&mut node.walk()).find(|child| child.kind() != "comment")?;
            base_type(child, text)
        }
        "qualified_type" => base_type(node.child_by_field_name("name")?, text),
        _ => None,
    }
}

fn every_file() -> Vec<PathBuf> {
    let mut files = Vec::new();
    go_files(&goroot().join("src"), &mut files);
    files.sort();
    files
}

#[test]
fn agrees_with_tree_sitter_on_the_standard_library() {
    let files = every_file();
    let (next, compared) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let differences = Mutex::new(Vec::new());
    let work = || {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_go::LANGUAGE.into()).expect("the Go grammar fits the parser");
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(text) = std::fs::read_to_string(path) else {
                continue;
            };
            let tree = parser.parse(&text, None).expect("no time limit is set");
            if tree.root_node().has_error() {
                continue;
            }
            compared.fetch_add(1, Ordering::Relaxed);
            let (ours, theirs) = (outline_facts(&text), tree_facts(tree.root_node(), &text));
            if ours != theirs {
                let first = ours.iter().zip(&theirs).find(|(a, b)| a != b);
                differences.lock().unwrap().push(format!(
                    "{}: {first:?}, {} against {} facts",
                    path.display(),
                    ours.len(),
                    theirs.len()
                ));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let differences = differences.into_inner().unwrap();
    assert!(differences.is_empty(), "{} files differ:\n{}", differences.len(), differences.join("\n"));
    assert!(compared.into_inner() > 5_000, "hardly any file was compared");
}

/// Everything an outline promises of any text.
fn is_sound(text: &str) -> Result<(), TestCaseError> {
    let outline = Outline::of(text);
    let mut spans: Vec<Span> = outline.decls.iter().map(|decl| decl.span).collect();
    prop_assert!(spans.is_sorted());
    let imports: Vec<Span> = outline.import_decls.iter().map(|decl| decl.span).collect();
    prop_assert!(imports.is_sorted());
    prop_assert!(outline.imports.is_sorted_by_key(|import| import.span));
    spans.extend(imports);
    spans.sort();
    prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
    for decl in &outline.decls {
        for name in &decl.names {
            prop_assert!(decl.span.covers(name.span));
            prop_assert_eq!(name.span.of(text), &name.text);
        }
        prop_assert!(decl.names.is_sorted_by_key(|name| name.span));
    }
    for import in &outline.imports {
        prop_assert!(outline.import_decls[import.decl].span.covers(import.span));
    }
    spans.extend(outline.imports.iter().map(|import| import.span));
    spans.extend(outline.import_decls.iter().filter_map(|decl| decl.group));
    spans.extend(outline.broken.iter().copied());
    spans.push(outline.header);
    for span in spans {
        prop_assert!(span.end <= text.len());
        prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
    }
    let header = Outline::header_of(text);
    prop_assert_eq!(&header.package, &outline.package);
    prop_assert_eq!(header.header, outline.header);
    prop_assert!(outline.imports.starts_with(&header.imports));

    let mut end = 0;
    for (_, span) in tokens(text, Span::new(outline.bom, text.len())) {
        prop_assert!(span.start >= end && !span.is_empty());
        prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        end = span.end;
    }
    Ok(())
}

/// Cuts, doubles or inserts bytes at a place given as a fraction of the length.
fn mutate(text: &mut Vec<u8>, kind: u8, at: f64, length: usize, inserted: &[u8]) {
    let at = (at * text.len() as f64) as usize;
    let end = (at + length).min(text.len());
    match kind {
        0 => drop(text.drain(at..end)),
        1 => {
            let run = text[at..end].to_vec();
            text.splice(end..end, run);
        }
        _ => drop(text.splice(at..at, inserted.iter().copied())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn mutilated_files_have_a_sound_outline(
        file in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(
            (0u8..4, 0.0..1.0f64, 1usize..200, "([{}()\\[\\]\"'`/*;,.\\\\\nfé\u{feff}]|func |\nvar |\nfunc \\(|import |type )*"),
            1..12,
        ),
    ) {
        static FILES: std::sync::OnceLock<Vec<PathBuf>> = std::sync::OnceLock::new();
        let path = file.get(FILES.get_or_init(every_file));
        let mut bytes = std::fs::read(path).expect("a readable GOROOT");
        bytes.truncate(60_000);
        for (kind, at, length, inserted) in mutations {
            mutate(&mut bytes, kind, at, length, inserted.as_bytes());
        }
        is_sound(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_text_has_a_sound_outline(
        text in "([a-z {}()\\[\\]\"'`/*;,.\\\\\n\r=+é\u{feff}\\x00]|func |\nvar |\nfunc \\(|import |type |package p\n){0,80}"
    ) {
        is_sound(&text)?;
    }
}
