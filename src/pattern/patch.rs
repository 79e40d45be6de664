//! A patch as it is written: declarations, then lines with a sign.

use super::Problem;
use super::types::{self, relation_of};

/// The sign of a line of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// On both sides.
    Both,
    /// On the old side.
    Old,
    /// On the new side.
    New,
}

/// A line below the second `@@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Line of the file, from 1.
    pub number: usize,
    /// Its sign.
    pub sign: Sign,
    /// What follows the sign.
    pub text: String,
}

/// What a variable of a pattern stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarKind {
    /// Any expression.
    Expr,
    /// An identifier.
    Ident,
    /// A type.
    Type,
    /// A statement.
    Stmt,
    /// A run of statements, arguments, elements, fields, parameters or cases.
    Run,
    /// A literal: of strings, numbers, or any.
    Literal(String),
    /// A constant of this type.
    Const(String),
    /// An expression of this Go type.
    Typed(String),
}

/// A line between the two `@@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchDeclaration {
    /// Line of the file, from 1.
    pub number: usize,
    /// What it declares.
    pub what: PatchDeclarationKind,
}

/// What a line between the two `@@` declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchDeclarationKind {
    /// `import name "path"`
    Import {
        /// The name that the rule gives it, if any.
        name: Option<String>,
        /// The path.
        path: String,
    },
    /// `var a, b kind`
    Var {
        /// The names, with their columns.
        names: Vec<(String, usize)>,
        /// What they stand for.
        kind: VarKind,
    },
    /// `let name = …`
    Let {
        /// The name.
        name: String,
        /// What computes it.
        value: String,
        /// The column of that.
        column: usize,
    },
    /// `func load`, `type T`, `field T.f`
    Object {
        /// Which.
        kind: ObjectKind,
        /// As it is written: `load`, `p.Load`, `T.f`, `p.T.f`.
        text: String,
        /// The column of that.
        column: usize,
    },
    /// `package store` or `package "example.com/m/store"`
    Package {
        /// The name or the import path.
        name: String,
    },
    /// `where …`
    Where {
        /// The condition.
        condition: String,
    },
}

/// What a declaration of the rule names in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A function at top level.
    Func,
    /// A type.
    Type,
    /// A field of a struct.
    Field,
}

/// What stands behind the `@@` of a patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// It edits each use of what the patch before it changed.
    pub calls: bool,
    /// It gives something another name.
    pub rename: bool,
    /// Nothing but the tokens as they stand is the same.
    pub strict: bool,
    /// What became constant is folded.
    pub branches: bool,
}

/// One patch of a file.
#[derive(Clone, Debug, Default)]
pub struct PatchSource {
    /// Line of its first `@@`.
    pub number: usize,
    /// The text above it that begins with `#`.
    pub message: Vec<String>,
    /// What it is called.
    pub label: Option<String>,
    /// Its declarations.
    pub declarations: Vec<PatchDeclaration>,
    /// What stands behind its first `@@`.
    pub options: PatchOptions,
    /// Its lines, alternatives written out.
    pub bodies: Vec<Vec<Line>>,
    /// Whether a variable has a kind that only gopatch knows.
    pub gopatch: bool,
}

const KINDS: &str = "expr, ident, type, stmt, stmts, args, elements, fields, params, cases, literal string, const int, or a Go type";

/// Reads the patches of `text`, whose first line is line `first` of its file. A file of
/// gopatch (`bare`) may leave out the blank before what is on both sides.
pub fn parse(text: &str, first: usize, bare: bool) -> (Vec<PatchSource>, Vec<Problem>) {
    let mut patches: Vec<PatchSource> = Vec::new();
    let mut problems = Vec::new();
    let mut message = Vec::new();
    let mut state = State::Outside;
    let mut body: Vec<(usize, &str)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = first + index;
        let mark = line.starts_with('@');
        match state {
            State::Outside | State::Body if mark => {
                finish(&mut patches, &mut body, bare, &mut problems);
                patches.push(PatchSource {
                    number,
                    message: std::mem::take(&mut message),
                    label: label(line),
                    options: if bare {
                        PatchOptions::default()
                    } else {
                        options(line, number, &mut problems)
                    },
                    ..PatchSource::default()
                });
                state = State::Declarations;
            }
            State::Declarations if mark => state = State::Body,
            State::Declarations => {
                let patch = patches.last_mut().expect("a patch was begun");
                match declaration(line, number) {
                    Ok(Some((declaration, gopatch))) => {
                        patch.gopatch |= gopatch;
                        patch.declarations.push(declaration);
                    }
                    Ok(None) => {}
                    Err(problem) => problems.push(problem),
                }
            }
            State::Outside | State::Body => {
                if let Some(comment) = line.strip_prefix('#') {
                    message.push(comment.trim().to_owned());
                } else if state == State::Body {
                    body.push((number, line));
                } else if !line.trim().is_empty() {
                    problems.push(Problem::at(number, 1, "a patch begins with a line `@@`").help(
                        "write `@@`, the declarations, `@@`, then lines that begin with ` `, `-` or `+`",
                    ));
                    return (patches, problems);
                }
            }
        }
    }
    if state == State::Declarations {
        let number = patches.last().map_or(first, |patch| patch.number);
        problems.push(
            Problem::at(number, 1, "the declarations of this patch have no end")
                .help("write a second line `@@` below them"),
        );
    }
    finish(&mut patches, &mut body, bare, &mut problems);
    if patches.is_empty() && problems.is_empty() {
        problems.push(
            Problem::at(first, 0, "there is no patch in it")
                .help("write `@@`, the declarations, `@@`, then lines that begin with ` `, `-` or `+`"),
        );
    }
    (patches, problems)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Declarations,
    Body,
}

/// The label behind the `@@` of `line`: the first word that is no option.
fn label(line: &str) -> Option<String> {
    let mut words = line.trim_matches(['@', ' ', '\t']).split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "calls" | "rename" | "strict" => {}
            "cleanup:" => drop(words.next()),
            label => return Some(label.to_owned()),
        }
    }
    None
}

/// What stands behind the `@@` of `line`: options, or a label.
fn options(line: &str, number: usize, problems: &mut Vec<Problem>) -> PatchOptions {
    let mut options = PatchOptions::default();
    let mut words = line.trim_matches(['@', ' ', '\t']).split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "calls" => options.calls = true,
            "rename" => options.rename = true,
            "strict" => options.strict = true,
            "cleanup:" => match words.next() {
                Some("branches") => options.branches = true,
                other => problems.push(
                    Problem::at(
                        number,
                        4,
                        format!("`cleanup: {}` is no option of a patch", other.unwrap_or("")),
                    )
                    .help("write `cleanup: branches`"),
                ),
            },
            _ => {}
        }
    }
    options
}

/// Ends the last patch with `body`.
fn finish(
    patches: &mut [PatchSource],
    body: &mut Vec<(usize, &str)>,
    bare: bool,
    problems: &mut Vec<Problem>,
) {
    let body = std::mem::take(body);
    let Some(patch) = patches.last_mut() else { return };
    // Only gopatch speaks of package clauses among the lines.
    let clause = |text: &str| {
        let line = text.strip_prefix([' ', '\t', '-', '+']).unwrap_or(text);
        line.trim_start().starts_with("package ")
    };
    patch.gopatch |= bare || body.iter().any(|(_, text)| clause(text));
    match bodies(&body, patch.gopatch) {
        Ok(bodies) => patch.bodies = bodies,
        Err(problem) => problems.push(problem),
    }
}

/// The most ways in which alternatives may be chosen.
const MOST_BODIES: usize = 64;

/// The lines of a patch, once for each choice of its alternatives.
fn bodies(body: &[(usize, &str)], gopatch: bool) -> Result<Vec<Vec<Line>>, Problem> {
    let mut done: Vec<Vec<Line>> = vec![Vec::new()];
    let mut at = 0;
    while at < body.len() {
        let (number, text) = body[at];
        if gopatch || text.trim_end() != "(" {
            if let Some(line) = line(number, text, gopatch)? {
                done.iter_mut().for_each(|lines| lines.push(line.clone()));
            }
            at += 1;
            continue;
        }
        let mut choices: Vec<Vec<Line>> = vec![Vec::new()];
        at += 1;
        loop {
            let Some(&(inner, text)) = body.get(at) else {
                return Err(Problem::at(number, 1, "the alternatives that begin here have no end")
                    .help("write `)` first in a line below the last one"));
            };
            at += 1;
            match text.trim_end() {
                ")" => break,
                "|" => choices.push(Vec::new()),
                _ => {
                    let last = choices.last_mut().expect("there is one from the start");
                    last.extend(line(inner, text, gopatch)?);
                }
            }
        }
        done = done
            .iter()
            .flat_map(|lines| choices.iter().map(move |choice| [lines.as_slice(), choice].concat()))
            .collect();
        if done.len() > MOST_BODIES {
            return Err(Problem::at(number, 1, format!("there are more than {MOST_BODIES} ways to choose"))
                .help("write several patches"));
        }
    }
    Ok(done)
}

fn line(number: usize, text: &str, gopatch: bool) -> Result<Option<Line>, Problem> {
    let sign = match text.bytes().next() {
        None => return Ok(Some(Line { number, sign: Sign::Both, text: String::new() })),
        Some(b' ' | b'\t') => Sign::Both,
        Some(b'-') => Sign::Old,
        Some(b'+') => Sign::New,
        Some(_) if gopatch => return Ok(Some(Line { number, sign: Sign::Both, text: text.to_owned() })),
        Some(_) => {
            return Err(Problem::at(number, 1, "a line of a patch begins with ` `, `-` or `+`")
                .help("a space stands before a line that is on both sides"));
        }
    };
    Ok(Some(Line { number, sign, text: text[1..].to_owned() }))
}

/// Reads one declaration; with it, whether only gopatch has it.
fn declaration(line: &str, number: usize) -> Result<Option<(PatchDeclaration, bool)>, Problem> {
    let code = without_remark(line);
    let trimmed = code.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let start = code.len() - code.trim_start().len();
    let (word, rest) = trimmed.split_once([' ', '\t']).unwrap_or((trimmed, ""));
    let column = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize + 1;
    let mut gopatch = false;
    let what = match word {
        "import" => {
            let (name, path) = import(rest).ok_or_else(|| {
                Problem::at(number, start + 1, "this is not an import")
                    .help("write `import \"path\"` or `import name \"path\"`")
            })?;
            PatchDeclarationKind::Import { name, path }
        }
        "var" => {
            let (names, kind) = names_and_rest(rest);
            if names.is_empty() {
                return Err(Problem::at(number, start + 1, "a variable needs a name and a kind")
                    .help(format!("write `var x KIND`, where KIND is one of {KINDS}")));
            }
            let (kind, only_gopatch) = var_kind(kind.trim()).ok_or_else(|| {
                let what = if kind.trim().is_empty() {
                    format!("`{}` has no kind", names.join(", "))
                } else {
                    format!("`{}` is not a kind of variable", kind.trim())
                };
                let at = if kind.trim().is_empty() { start + 1 } else { column(kind.trim()) };
                Problem::at(number, at, what).help(format!("kinds are {KINDS}"))
            })?;
            gopatch = only_gopatch;
            PatchDeclarationKind::Var {
                names: names.iter().map(|name| ((*name).to_owned(), column(name))).collect(),
                kind,
            }
        }
        "let" => {
            let (name, value) = rest.split_once('=').ok_or_else(|| {
                Problem::at(number, start + 1, "this computes nothing").help("write `let name = …`")
            })?;
            if !is_name(name.trim()) {
                return Err(Problem::at(number, start + 1, format!("`{}` is not a name", name.trim()))
                    .help("write `let name = …`"));
            }
            PatchDeclarationKind::Let {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
                column: column(value.trim()),
            }
        }
        "func" | "type" | "field" => {
            let kind = match word {
                "func" => ObjectKind::Func,
                "type" => ObjectKind::Type,
                _ => ObjectKind::Field,
            };
            let text = rest.trim();
            let parts = text.split('.').count();
            let fits = if kind == ObjectKind::Field { 2..=3 } else { 1..=2 };
            if !fits.contains(&parts) || !text.split('.').all(is_name) {
                let form = if kind == ObjectKind::Field { "field T.f" } else { "func load" };
                return Err(Problem::at(number, start + 1, format!("`{trimmed}` names nothing of the code"))
                    .help(format!("write `{form}`, with the package before it where there are several")));
            }
            PatchDeclarationKind::Object { kind, text: text.to_owned(), column: column(text) }
        }
        "package" => PatchDeclarationKind::Package { name: rest.trim().trim_matches(['"', '`']).to_owned() },
        "where" => PatchDeclarationKind::Where { condition: rest.trim().to_owned() },
        _ => {
            return Err(Problem::at(number, start + 1, format!("`{word}` does not begin a declaration"))
                .help(
                    "declarations are `import`, `package`, `var`, `let`, `func`, `type`, `field` and `where`",
                ));
        }
    };
    Ok(Some((PatchDeclaration { number, what }, gopatch)))
}

/// The line without a `#` and what follows, outside quotes.
fn without_remark(line: &str) -> &str {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        match quote {
            Some(open) if byte == open && before != b'\\' => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'`') => quote = Some(byte),
            None if byte == b'#' && before.is_ascii_whitespace() => return &line[..at],
            None => {}
        }
        before = byte;
    }
    line
}

/// The name and path of an import spec.
pub fn import(spec: &str) -> Option<(Option<String>, String)> {
    let spec = spec.trim();
    let open = spec.find(['"', '`'])?;
    let (name, quoted) = spec.split_at(open);
    let quote = quoted.chars().next()?;
    let path = quoted[1..].split_once(quote)?.0;
    let name = name.trim();
    let fits = name.is_empty() || is_name(name) || name == ".";
    (fits && !path.is_empty()).then(|| ((!name.is_empty()).then(|| name.to_owned()), path.to_owned()))
}

/// `a, b rest`
fn names_and_rest(text: &str) -> (Vec<&str>, &str) {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 {
            return (names, rest);
        }
        names.push(&rest[..end]);
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => return (names, rest),
        }
    }
}

fn var_kind(kind: &str) -> Option<(VarKind, bool)> {
    let gopatch = matches!(kind, "expression" | "identifier");
    let words: Vec<&str> = kind.split_whitespace().collect();
    let kind = match words.as_slice() {
        ["expr" | "expression"] => VarKind::Expr,
        ["ident" | "identifier"] => VarKind::Ident,
        ["type"] => VarKind::Type,
        ["stmt"] => VarKind::Stmt,
        ["stmts" | "args" | "elements" | "fields" | "params" | "cases"] => VarKind::Run,
        ["literal"] => VarKind::Literal(String::new()),
        ["literal", kind @ ("string" | "int" | "float" | "rune")] => VarKind::Literal((*kind).to_owned()),
        ["const", ..] => {
            VarKind::Const(kind.strip_prefix("const").filter(|ty| is_type(ty.trim()))?.trim().to_owned())
        }
        [] => return None,
        _ if is_type(relation_of(kind).1) => VarKind::Typed(kind.to_owned()),
        _ => return None,
    };
    Some((kind, gopatch))
}

/// The predeclared types.
pub const BASIC: &[&str] = &[
    "any",
    "bool",
    "byte",
    "complex128",
    "complex64",
    "error",
    "float32",
    "float64",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

/// Whether a variable may have this type. A single word is a predeclared one, or an
/// exported one of the package: other words are kinds that are spelled wrong.
fn is_type(text: &str) -> bool {
    let exported = text.starts_with(char::is_uppercase);
    types::is_type(text) && (!is_name(text) || BASIC.contains(&text) || exported)
}

pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_written_out() {
        let (patches, problems) = parse("@@\nvar x expr\n@@\n(\n-a(x)\n|\n-b(x)\n)\n+c(x)\n", 10, false);
        assert_eq!(problems, []);
        let texts = |lines: &Vec<Line>| lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
        assert_eq!(
            patches[0].bodies.iter().map(texts).collect::<Vec<_>>(),
            [["a(x)", "c(x)"], ["b(x)", "c(x)"]]
        );
        assert_eq!(patches[0].bodies[1][0].number, 16);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        let (_, problems) = parse("@@\nvar x, y thing\nfrob z\n@@\n-a\n", 3, false);
        let said: Vec<String> = problems.iter().map(|problem| problem.said_of("r")).collect();
        assert!(said[0].starts_with("r:4:10: `thing` is not a kind of variable"), "{said:?}");
        assert!(said[1].starts_with("r:5:1: `frob` does not begin a declaration"), "{said:?}");
    }
}
