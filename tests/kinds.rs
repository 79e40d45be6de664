//! `src/syntax/kind.rs` is what tree-sitter's grammar for Go says of its nodes.
//! `BLESS=1 cargo test kinds::` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// The names of the tokens that are no words; those of go/token where it has one.
const TOKENS: &[(&str, &str)] = &[
    ("\0", "Nul"),
    ("\n", "Newline"),
    ("!", "Not"),
    ("!=", "NotEqual"),
    ("\"", "Quote"),
    ("%", "Remainder"),
    ("%=", "RemainderAssign"),
    ("&", "And"),
    ("&&", "LogicalAnd"),
    ("&=", "AndAssign"),
    ("&^", "AndNot"),
    ("&^=", "AndNotAssign"),
    ("(", "LeftParen"),
    (")", "RightParen"),
    ("*", "Star"),
    ("*=", "StarAssign"),
    ("+", "Plus"),
    ("++", "Increment"),
    ("+=", "PlusAssign"),
    (",", "Comma"),
    ("-", "Minus"),
    ("--", "Decrement"),
    ("-=", "MinusAssign"),
    (".", "Period"),
    ("...", "Ellipsis"),
    ("/", "Slash"),
    ("/=", "SlashAssign"),
    (":", "Colon"),
    (":=", "Define"),
    (";", "Semicolon"),
    ("<", "Less"),
    ("<-", "Arrow"),
    ("<<", "ShiftLeft"),
    ("<<=", "ShiftLeftAssign"),
    ("<=", "LessOrEqual"),
    ("=", "Assign"),
    ("==", "Equal"),
    (">", "Greater"),
    (">=", "GreaterOrEqual"),
    (">>", "ShiftRight"),
    (">>=", "ShiftRightAssign"),
    ("[", "LeftBracket"),
    ("]", "RightBracket"),
    ("^", "Xor"),
    ("^=", "XorAssign"),
    ("`", "Backquote"),
    ("{", "LeftBrace"),
    ("|", "Or"),
    ("|=", "OrAssign"),
    ("||", "LogicalOr"),
    ("}", "RightBrace"),
    ("~", "Tilde"),
];

/// The fields whose own names mean something else in Rust or for a node.
const METHODS: &[(&str, &str)] = &[("type", "ty"), ("start", "start_index"), ("end", "end_index")];

/// What a kind is asked for by the end of its name: the method, the end, what it says.
const CLASSES: &[(&str, &str, &str)] = &[
    (
        "is_statement",
        "_statement",
        "Whether the grammar calls it a statement; declarations and blocks it does not.",
    ),
    ("is_string", "string_literal", "Whether it is a literal of a string."),
    (
        "is_declaration",
        "_declaration",
        "Whether the grammar calls it a declaration, of the top level or in a function, field or parameter.",
    ),
];

const HEAD: &str = "\
//! The kinds of nodes and the fields of tree-sitter's grammar for Go, as types: what is
//! misspelt does not compile.
//!
//! Generated from the grammar's own `node-types.json`: `BLESS=1 cargo test kinds::` writes
//! this file, and the same test fails where it is not up to date.

use super::node::Node;

/// What a node is. A token is a kind of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
";

fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(usize::from(!word.is_empty()));
        first.to_uppercase() + rest
    });
    words.collect()
}

fn variant(name: &str) -> String {
    match TOKENS.iter().find(|(token, _)| *token == name) {
        Some((_, variant)) => (*variant).to_owned(),
        None => camel(name),
    }
}

/// The kinds by their variants, and the fields with the kinds that have them.
fn grammar() -> (BTreeMap<String, String>, BTreeMap<String, BTreeSet<String>>) {
    let types: serde_json::Value = serde_json::from_str(tree_sitter_go::NODE_TYPES).unwrap();
    // The grammar's list leaves the line end out that stands for a semicolon.
    let mut kinds = BTreeMap::from([(variant("\n"), "\n".to_owned())]);
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in types.as_array().unwrap() {
        let name = node["type"].as_str().unwrap();
        // Such a name stands for several kinds; no node has it.
        if name.starts_with('_') {
            continue;
        }
        assert!(kinds.insert(variant(name), name.to_owned()).is_none(), "two kinds are called {name}");
        for field in node["fields"].as_object().into_iter().flat_map(|fields| fields.keys()) {
            fields.entry(field.clone()).or_default().insert(name.to_owned());
        }
    }
    (kinds, fields)
}

/// The text of the file.
fn generated() -> String {
    let (kinds, fields) = grammar();
    let mut out = HEAD.to_owned();
    let quoted = |name: &str| {
        let inner = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', "\\0");
        inner.replace('\n', "\\n")
    };
    for (variant, name) in &kinds {
        match name.as_str() {
            "`" => writeln!(out, "    /// The back quote.").unwrap(),
            name => writeln!(out, "    /// `{}`", quoted(name)).unwrap(),
        }
        writeln!(out, "    {variant},").unwrap();
    }
    out += "    /// What the grammar does not take.\n    Error,\n}\n\nimpl Kind {\n";
    out += "    /// Every kind of the grammar.\n    pub const ALL: &[Kind] = &[\n";
    for variant in kinds.keys() {
        writeln!(out, "        Kind::{variant},").unwrap();
    }
    out += "    ];\n\n    /// The grammar's name for it; a token is its own name.\n";
    out += "    pub fn name(self) -> &'static str {\n        match self {\n";
    for (variant, name) in &kinds {
        writeln!(out, "            Kind::{variant} => \"{}\",", quoted(name)).unwrap();
    }
    out += "            Kind::Error => \"ERROR\",\n        }\n    }\n";
    for (method, end, doc) in CLASSES {
        let these: Vec<String> = kinds
            .iter()
            .filter(|(_, name)| name.ends_with(end))
            .map(|(variant, _)| format!("Kind::{variant}"))
            .collect();
        write!(out, "\n    /// {doc}\n    pub fn {method}(self) -> bool {{\n        ").unwrap();
        if these.len() <= 2 {
            writeln!(out, "matches!(self, {})", these.join(" | ")).unwrap();
        } else {
            writeln!(out, "matches!(\n            self,\n            {}", these.join("\n                | "))
                .unwrap();
            out += "        )\n";
        }
        out += "    }\n";
    }
    out += "}\n\n/// What a node is in its parent.\n";
    out += "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Field {\n";
    for field in fields.keys() {
        writeln!(out, "    /// `{field}`\n    {},", camel(field)).unwrap();
    }
    out += "}\n\nimpl Field {\n    /// Every field of the grammar.\n    pub const ALL: &[Field] = &[\n";
    for field in fields.keys() {
        writeln!(out, "        Field::{},", camel(field)).unwrap();
    }
    out += "    ];\n\n    /// The grammar's name for it.\n";
    out += "    pub fn name(self) -> &'static str {\n        match self {\n";
    for field in fields.keys() {
        writeln!(out, "            Field::{} => \"{field}\",", camel(field)).unwrap();
    }
    out += "        }\n    }\n}\n\nimpl<'t> Node<'t> {\n";
    let methods = fields.iter().map(|(field, owners)| {
        let method =
            METHODS.iter().find(|(name, _)| name == field).map_or(field.as_str(), |(_, method)| method);
        let owners: Vec<String> = owners.iter().map(|owner| format!("`{owner}`")).collect();
        format!(
            "    /// `{field}` of {}.\n    pub fn {method}(self) -> Option<Node<'t>> {{\n        \
             self.child_by_field(Field::{})\n    }}\n",
            owners.join(", "),
            camel(field)
        )
    });
    out += &methods.collect::<Vec<_>>().join("\n");
    out + "}\n"
}

#[test]
fn the_kinds_and_fields_are_those_of_the_grammar() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/syntax/kind.rs");
    let generated = generated();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap();
    assert_eq!(checked_in, generated, "`BLESS=1 cargo test kinds::` writes src/syntax/kind.rs anew");
}

/// The kinds that the parser can give a node are all named.
#[test]
fn no_kind_that_a_node_can_have_is_missing() {
    let language: tree_sitter::Language = tree_sitter_go::LANGUAGE.into();
    for number in 0..u16::try_from(language.node_kind_count()).unwrap() {
        let name = language.node_kind_for_id(number).unwrap();
        let given = language.node_kind_is_visible(number) && !language.node_kind_is_supertype(number);
        assert!(
            // The first two stand for the end of a file and for what the lexer cannot begin.
            !given
                || matches!(name, "end" | "")
                || gomend::syntax::Kind::ALL.iter().any(|kind| kind.name() == name),
            "the grammar has a kind {name:?} that src/syntax/kind.rs lacks"
        );
    }
}
