//! From the lines of a patch to two trees.

use super::Problem;
use super::condition::Condition;
use super::patch::{BASIC, DeclaredName, Line, PatchSource, Sign, VarKind, import};
use super::text_value::TextValue;
use super::unify;
use crate::model::import_names::default_names;
use crate::model::import_names::is_default_name;
use crate::model::scope::{self, Def};
use crate::syntax::{File, Kind, Node};
use crate::text::Span;
use std::sync::Arc;

/// A lone `...` in the text that is parsed: one letter of as many bytes, which no Go
/// program uses for a name.
pub const DOTS: &str = "\u{a66e}";

/// What the rule file says for all its patches.
pub struct Options {
    /// Whether its own result may match again.
    pub once: bool,
    /// Whether a patch without a new side deletes a statement.
    pub deletes: bool,
}

/// As what a side is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One expression.
    Expression,
    /// Statements that follow each other.
    Statements,
    /// One type.
    Type,
    /// A declaration at top level.
    Declaration,
}

/// A name that the rule gives an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleImport {
    /// The name, where the rule says one.
    pub name: Option<String>,
    /// The path.
    pub path: String,
    /// The sign of the line, for those that stand in the body.
    pub sign: Sign,
    /// The line.
    pub line: usize,
}

impl RuleImport {
    fn is_called(&self, name: &str) -> bool {
        match &self.name {
            Some(own) => own == name,
            None => is_default_name(name, &self.path),
        }
    }
}

/// A variable of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub kind: VarKind,
}

/// Text that is made of text.
#[derive(Clone, Debug)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// How it is made.
    pub value: TextValue,
}

/// One side of a patch as a tree.
#[derive(Clone, Debug)]
pub struct Side {
    file: Arc<File>,
    form: Form,
    /// Where the side begins in the file's text.
    start: usize,
    /// For each line of the side: where it begins, its line in the rule file, and whether
    /// it has a sign of its own.
    lines: Vec<(usize, usize, Sign)>,
}

impl Side {
    fn parse(lines: &[&Line], form: Form, imports: &[RuleImport]) -> Result<Side, PatternFault> {
        let mut text = String::from("package p\n");
        for import in imports {
            let name = match &import.name {
                Some(name) => name.as_str(),
                None => default_names(&import.path).next().unwrap_or(&import.path),
            };
            text.push_str(&format!("import {name} \"{}\"\n", import.path));
        }
        let (open, close) = match form {
            Form::Expression => ("var _ = ", "\n"),
            Form::Statements => ("func _() {\n", "\n}\n"),
            Form::Type => ("var _ ", "\n"),
            Form::Declaration => ("", "\n"),
        };
        text.push_str(open);
        let start = text.len();
        let mut places = Vec::new();
        for line in lines {
            places.push((text.len(), line.number, line.sign));
            text.push_str(&without_dots(&line.text));
            text.push('\n');
        }
        let end = text.trim_end().len().max(start);
        text.truncate(end);
        text.push_str(close);
        let file = Arc::new(File::new("rule.go", text));
        let side = Side { file, form, start, lines: places };
        match side.fault(end) {
            Some(fault) => Err(fault),
            None => Ok(side),
        }
    }

    /// Why the side is not what it is read as.
    fn fault(&self, end: usize) -> Option<PatternFault> {
        let outline = self.file.outline();
        let fault = |span: Span| Some(PatternFault { line: self.place(span.start).0 });
        if let Some(broken) = outline.broken.first() {
            return fault(*broken);
        }
        if outline.decls.len() != 1 {
            return fault(outline.decls.get(1).map_or(Span::at(self.start), |decl| decl.span));
        }
        if let Some(found) = self.file.fault(0) {
            return fault(found.span());
        }
        let roots = self.roots();
        match (roots.first(), roots.last()) {
            (Some(first), Some(last)) if first.start() >= self.start && last.end() <= end => {
                // All of the text has to be a part of what is matched.
                let rest = [&self.file.text()[self.start..first.start()], &self.file.text()[last.end()..end]];
                let blank = rest.iter().all(|text| text.trim().trim_matches(';').is_empty());
                if blank { None } else { fault(Span::at(last.end().min(end))) }
            }
            _ => fault(Span::at(self.start)),
        }
    }

    /// The trees: one, or statements that follow each other.
    pub fn roots(&self) -> Vec<Node<'_>> {
        let Some(root) = self.file.decl(0) else { return Vec::new() };
        let declaration = root.named().next();
        let found = match self.form {
            Form::Declaration => return declaration.into_iter().collect(),
            Form::Statements => {
                let body = declaration.and_then(Node::body);
                let list = body.and_then(|body| body.child(Kind::StatementList));
                return list.into_iter().flat_map(Node::named).collect();
            }
            Form::Expression => {
                let value = declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::value);
                let mut values = value.into_iter().flat_map(Node::named);
                let first = values.next();
                if values.next().is_some() { None } else { first }
            }
            Form::Type => declaration.and_then(|var| var.child(Kind::VarSpec)).and_then(Node::ty),
        };
        found.into_iter().collect()
    }

    /// The file that the side is parsed in.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Line and column in the rule file of an offset of the side.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let at = self.lines.partition_point(|(start, ..)| *start <= offset).saturating_sub(1);
        self.lines.get(at).map_or((1, 0), |(start, line, _)| (*line, offset.saturating_sub(*start) + 2))
    }

    /// The sign of the line at an offset.
    pub fn sign(&self, offset: usize) -> Sign {
        let at = self.lines.partition_point(|(start, ..)| *start <= offset).saturating_sub(1);
        self.lines.get(at).map_or(Sign::Both, |(.., sign)| *sign)
    }
}

struct PatternFault {
    line: usize,
}

/// What leads to a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A symbol of a package, by the offset of its node.
    Symbol(String, String, Span),
    /// A word, by the place of the node that a mention of it is.
    Word(String, Span),
    /// An import.
    Import(String),
}

/// A compiled patch.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The text above it.
    pub message: String,
    /// What is searched.
    pub old: Option<Side>,
    /// What takes its place; nothing for advice, or for a patch that only deletes.
    pub new: Option<Side>,
    /// Whether it only tells.
    pub advice: bool,
    /// Its imports.
    pub imports: Vec<RuleImport>,
    /// Its variables.
    pub vars: Vec<Var>,
    /// Computed texts.
    pub lets: Vec<Let>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// What leads to its sites.
    pub trigger: Trigger,
    /// Whether its result may match it again.
    pub repeats: bool,
}

impl Patch {
    /// The import path that a name of the pattern stands for.
    pub fn import_of(&self, name: &str) -> Option<&str> {
        if self.var(name).is_some() {
            return None;
        }
        self.imports.iter().find(|import| import.is_called(name)).map(|import| import.path.as_str())
    }

    /// The variable called `name`.
    pub fn var(&self, name: &str) -> Option<(usize, &Var)> {
        self.vars.iter().enumerate().find(|(_, var)| var.name == name)
    }

    /// The computed text called `name`.
    pub fn text(&self, name: &str) -> Option<&Let> {
        self.lets.iter().find(|text| text.name == name)
    }

    /// The import path and name that a node of the pattern names.
    pub fn symbol<'p>(&self, node: Node<'p>) -> Option<(&str, Node<'p>)> {
        let (package, name) = match node.kind() {
            Kind::SelectorExpression => (node.operand()?, node.field()?),
            Kind::QualifiedType => (node.package()?, node.name()?),
            _ => return None,
        };
        let plain = package.is(&[Kind::Identifier, Kind::PackageIdentifier]);
        let local = plain && matches!(scope::resolve(package), Def::Local(_));
        (plain && !local).then(|| self.import_of(package.text())).flatten().map(|path| (path, name))
    }

    /// The variable or run that a node of the pattern is, through what the grammar wraps
    /// around it.
    pub fn variable<'p>(&self, node: Node<'p>) -> Option<Variable> {
        let mut at = node;
        loop {
            match at.kind() {
                Kind::Identifier | Kind::TypeIdentifier | Kind::FieldIdentifier | Kind::PackageIdentifier => {
                    if at.text() == DOTS {
                        return Some(Variable::Dots);
                    }
                    let declares = at == node || !at.is(&[Kind::FieldIdentifier]);
                    return self.var(at.text()).filter(|_| declares).map(|(index, _)| Variable::Var(index));
                }
                Kind::ExpressionStatement | Kind::LiteralElement | Kind::ParameterDeclaration => {
                    let mut inner = at.named();
                    match (inner.next(), inner.next()) {
                        (Some(only), None) if at.children().count() == 1 => at = only,
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }
}

/// What a node of a pattern stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// A lone `...`.
    Dots,
    /// A variable by its index.
    Var(usize),
}

/// `text` with each lone `...` as a letter; behind an expression or before a type it is
/// Go's.
fn without_dots(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("...") {
        let before = rest[..at].trim_end();
        let behind = rest[at + 3..].trim_start();
        let opens = before.is_empty() || before.ends_with(['(', ',', '{', '[', ';', ':', '+', '&', '|']);
        let closes = behind.is_empty() || behind.starts_with([')', ',', '}', ']', ';', '+', '&', '|']);
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let opens = opens
            || before.ends_with('=')
            || matches!(word, "return" | "case" | "range" | "if" | "for" | "switch");
        let closes = closes || behind.starts_with(['{', ':', '=']);
        // The text that was passed already decides what stands before it.
        let opens = opens && (out.trim().is_empty() || !before.is_empty());
        out.push_str(&rest[..at]);
        out.push_str(if opens && closes { DOTS } else { "..." });
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

/// Compiles one choice of the alternatives of a patch.
pub fn compile(
    source: &PatchSource,
    body: &[Line],
    options: &Options,
    warnings: &mut Vec<Problem>,
) -> Result<Patch, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut imports = Vec::new();
    let mut vars: Vec<Var> = Vec::new();
    let mut places = Vec::new();
    let mut lets: Vec<Let> = Vec::new();
    let mut let_places = Vec::new();
    let mut conditions = Vec::new();
    for declaration in &source.declarations {
        let line = declaration.number;
        match &declaration.what {
            DeclaredName::Import { name, path } => {
                imports.push(RuleImport { name: name.clone(), path: path.clone(), sign: Sign::Both, line });
            }
            DeclaredName::Var { names, kind } => {
                for (name, column) in names {
                    if vars.iter().any(|var| var.name == *name) {
                        problems.push(Problem::at(line, *column, format!("`{name}` is declared twice")));
                    }
                    vars.push(Var { name: name.clone(), kind: kind.clone() });
                    places.push((line, *column));
                }
            }
            DeclaredName::Let { name, value, column } => match TextValue::parse(value) {
                Ok(value) => {
                    let_places.push((line, *column));
                    lets.push(Let { name: name.clone(), value });
                }
                Err(why) => problems.push(Problem::at(line, *column, why)),
            },
            DeclaredName::Where { condition } => match Condition::parse(condition) {
                Ok(condition) => conditions.push((condition, line)),
                Err(why) => problems.push(Problem::at(line, 7, why)),
            },
        }
    }
    let mut lines: Vec<&Line> = Vec::new();
    for line in body {
        let text = line.text.trim();
        if let Some((name, path)) = text.strip_prefix("import ").and_then(import) {
            imports.push(RuleImport { name, path, sign: line.sign, line: line.number });
        } else if !(source.gopatch && text.starts_with("package ")) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(|line| line.text.trim().is_empty()) {
        lines.pop();
    }
    let of = |sign: Sign| -> Vec<&Line> {
        lines.iter().copied().filter(|line| line.sign == sign || line.sign == Sign::Both).collect()
    };
    let (old_lines, new_lines) = (of(Sign::Old), of(Sign::New));
    let has = |sign: Sign| lines.iter().any(|line| line.sign == sign);
    let first_line = lines.first().map_or(source.number, |line| line.number);
    let message = source.message.join(" ");
    let mut patch = Patch {
        message,
        old: None,
        new: None,
        advice: false,
        imports,
        vars,
        lets,
        conditions: Vec::new(),
        trigger: Trigger::Import(String::new()),
        repeats: false,
    };
    if lines.iter().all(|line| line.text.trim().is_empty()) {
        return import_patch(patch, source, problems);
    }
    let blank = lines.iter().all(|line| line.sign == Sign::Both);
    if blank {
        problems.push(
            Problem::at(first_line, 1, "nothing is changed: no line begins with `-` or `+`")
                .help("write `-` before what is searched and `+` before what takes its place"),
        );
        return Err(problems);
    }
    let contexts = lines.iter().any(|line| line.sign == Sign::Both && !line.text.trim().is_empty());
    let only_old = !has(Sign::New) && !contexts;
    patch.advice = only_old && !options.deletes;
    let removes = only_old && !patch.advice;
    let forms: &[Form] = if removes {
        &[Form::Statements]
    } else {
        &[Form::Expression, Form::Statements, Form::Type, Form::Declaration]
    };
    let mut sides = None;
    let mut best: Option<(usize, &str)> = None;
    for form in forms {
        let old = Side::parse(&old_lines, *form, &patch.imports);
        let new =
            if patch.advice || removes { None } else { Some(Side::parse(&new_lines, *form, &patch.imports)) };
        match (old, new) {
            (Ok(old), None) => sides = Some((old, None)),
            (Ok(old), Some(Ok(new))) => sides = Some((old, Some(new))),
            (Err(fault), _) => best = best.or(Some((fault.line, "old"))),
            (Ok(_), Some(Err(fault))) => {
                if best.is_none_or(|(_, side)| side == "old") {
                    best = Some((fault.line, "new"));
                }
            }
        }
        if sides.is_some() {
            break;
        }
    }
    let Some((old, new)) = sides else {
        let (line, side) = best.unwrap_or((first_line, "old"));
        let text: Vec<&str> = (if side == "old" { &old_lines } else { &new_lines })
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        let (line, why) = match unclosed(&text.join("\n")) {
            Some((offset, open)) => {
                let index = text.join("\n")[..offset].matches('\n').count();
                let lines = if side == "old" { &old_lines } else { &new_lines };
                (lines[index].number, format!("`{open}` is never closed"))
            }
            None => (line, "it is not an expression, a statement, a type or a declaration".to_owned()),
        };
        problems.push(Problem::at(line, 0, format!("the {side} side is not Go: {why}")));
        return Err(problems);
    };
    patch.conditions = Vec::new();
    for (condition, line) in conditions {
        if let Some(unknown) = condition.unknown(&patch) {
            problems.push(Problem::at(line, 7, unknown));
        }
        patch.conditions.push(condition);
    }
    for (text, (line, column)) in patch.lets.iter().zip(&let_places) {
        if let Some(name) =
            text.value.names().find(|name| patch.var(name).is_none() && patch.text(name).is_none())
        {
            problems.push(
                Problem::at(*line, *column, format!("`{name}` is not a variable of the rule"))
                    .help(format!("declare it: `var {name} literal string`")),
            );
        }
    }
    names(&patch, &old, new.as_ref(), source, &places, &mut problems, warnings);
    ambiguous(&patch, &old, &mut problems);
    match trigger(&patch, &old) {
        Some(trigger) => patch.trigger = trigger,
        None => {
            let (line, column) = old.roots().first().map_or((first_line, 2), |root| old.place(root.start()));
            problems.push(Problem::at(
                line,
                column,
                "this matches every expression of every file: name something fixed, such as a package, a method or an operator",
            ));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // Where a condition decides, only a run shows it.
    if let Some(new) = &new
        && patch.conditions.is_empty()
        && unify::matches_itself(&patch, &old, new)
    {
        patch.repeats = true;
        if !options.once && !source.gopatch {
            let (line, column) = new.roots().first().map_or((first_line, 2), |root| new.place(root.start()));
            problems.push(
                Problem::at(
                    line,
                    column,
                    "the rule matches its own result, so it would never come to an end",
                )
                .help("write `once: yes` in the header if it is to be applied once to each place"),
            );
            return Err(problems);
        }
    }
    patch.old = Some(old);
    patch.new = new;
    Ok(patch)
}

/// A patch of nothing but import lines.
fn import_patch(
    mut patch: Patch,
    source: &PatchSource,
    mut problems: Vec<Problem>,
) -> Result<Patch, Vec<Problem>> {
    let old: Vec<String> = patch
        .imports
        .iter()
        .filter(|import| import.sign == Sign::Old)
        .map(|import| import.path.clone())
        .collect();
    let new = patch.imports.iter().filter(|import| import.sign == Sign::New).count();
    if let ([old], 1) = (old.as_slice(), new)
        && problems.is_empty()
    {
        patch.trigger = Trigger::Import(old.clone());
        return Ok(patch);
    }
    problems.push(
        Problem::at(source.number, 1, "the patch has no lines that say what is searched")
            .help("below the second `@@` write lines that begin with ` `, `-` or `+`, or one `-import` and one `+import`"),
    );
    Err(problems)
}

/// The first bracket of `text` that is never closed.
fn unclosed(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if let Some(end) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' && end != '`' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '`' | '\'' => quote = Some(c),
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    // The innermost is mostly the one that was forgotten, a brace at the end is not.
    open.iter().rev().find(|(_, c)| *c != '{').or(open.first()).copied()
}

/// Checks the names of both sides.
fn names(
    patch: &Patch,
    old: &Side,
    new: Option<&Side>,
    source: &PatchSource,
    places: &[(usize, usize)],
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) {
    let mentioned = |side: &Side, name: &str| {
        side.roots().iter().any(|root| {
            root.descendants().any(|node| node.children().next().is_none() && node.text() == name)
        })
    };
    for (side, is_new) in [(Some(old), false), (new, true)] {
        let Some(side) = side else { continue };
        for root in side.roots() {
            for node in root.descendants().filter(|node| {
                node.is(&[
                    Kind::Identifier,
                    Kind::TypeIdentifier,
                    Kind::PackageIdentifier,
                    Kind::FieldIdentifier,
                ])
            }) {
                let name = node.text();
                let (line, column) = side.place(node.start());
                let taken: Vec<&str> = patch
                    .vars
                    .iter()
                    .filter(|var| mentioned(old, &var.name))
                    .map(|var| var.name.as_str())
                    .collect();
                if is_new
                    && patch.var(name).is_some()
                    && !mentioned(old, name)
                    && !bound_by_condition(patch, name)
                {
                    let list = if taken.is_empty() {
                        String::new()
                    } else {
                        format!("use one of {}, or ", taken.join(", "))
                    };
                    problems.push(
                        Problem::at(
                            line,
                            column,
                            format!("`{name}` stands on the new side only: nothing says what it would be"),
                        )
                        .help(format!("{list}compute it with `let {name} = …`")),
                    );
                }
                if !is_new && patch.text(name).is_some() {
                    problems.push(
                        Problem::at(line, column, format!("`{name}` is computed, so it cannot be searched"))
                            .help(format!("search `var {name} …` instead, and compute another name")),
                    );
                }
                let qualifies = node.parent().is_some_and(|parent| {
                    (parent.kind() == Kind::SelectorExpression
                        && parent.operand() == Some(node)
                        && parent.field().is_some_and(|field| {
                            field.text().starts_with(char::is_uppercase) || patch.var(field.text()).is_some()
                        }))
                        || (parent.kind() == Kind::QualifiedType && parent.package() == Some(node))
                });
                if qualifies
                    && patch.import_of(name).is_none()
                    && patch.var(name).is_none()
                    && patch.text(name).is_none()
                    && !bound_by_condition(patch, name)
                    && !source.gopatch
                    && name.starts_with(char::is_lowercase)
                    && scope::resolve(node) == Def::Outside
                {
                    problems.push(
                        Problem::at(
                            line,
                            column,
                            format!("`{name}` is neither a package that the rule imports nor a variable"),
                        )
                        .help(format!("write `import \"{name}\"` with its path, or `var {name} expr`")),
                    );
                }
            }
        }
    }
    if let Some(new) = new {
        for (var, (line, column)) in patch.vars.iter().zip(places) {
            let used = mentioned(new, &var.name)
                || patch.lets.iter().any(|text| text.value.names().any(|name| name == var.name));
            let takes = matches!(var.kind, VarKind::Expr | VarKind::Typed(_));
            if takes && mentioned(old, &var.name) && !used {
                warnings.push(
                    Problem::at(
                        *line,
                        *column,
                        format!(
                            "`{}` is taken and then dropped, with its effects: such sites are never safe",
                            var.name
                        ),
                    )
                    .warning(),
                );
            }
        }
    }
}

/// Whether a condition says what `name` is.
fn bound_by_condition(patch: &Patch, name: &str) -> bool {
    patch.conditions.iter().any(|condition| condition.binds(name))
}

/// Two runs side by side could be cut in any way.
fn ambiguous(patch: &Patch, old: &Side, problems: &mut Vec<Problem>) {
    let is_run = |node: Node<'_>| match patch.variable(node) {
        Some(Variable::Dots) => true,
        Some(Variable::Var(index)) => patch.vars[index].kind == VarKind::Run,
        None => false,
    };
    for root in old.roots() {
        for node in root.descendants() {
            let children: Vec<Node<'_>> = node.named().collect();
            if let Some(pair) = children.windows(2).find(|pair| is_run(pair[0]) && is_run(pair[1])) {
                let (line, column) = old.place(pair[1].start());
                problems.push(
                    Problem::at(line, column, "two runs stand side by side: nothing says where one ends")
                        .help("leave one out, or write something fixed between them"),
                );
            }
        }
    }
}

/// What leads to the sites of a side: the symbol or word that is rarest.
fn trigger(patch: &Patch, old: &Side) -> Option<Trigger> {
    let roots = old.roots();
    let nodes = || roots.iter().flat_map(|root| root.descendants());
    let symbol = nodes().find_map(|node| {
        let (path, name) = patch.symbol(node)?;
        let fixed = patch.var(name.text()).is_none() && name.text() != DOTS;
        fixed.then(|| Trigger::Symbol(path.to_owned(), name.text().to_owned(), node.span()))
    });
    if symbol.is_some() {
        return symbol;
    }
    let words = nodes().filter_map(|node| {
        let name = node.text();
        let identifier = node.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::FieldIdentifier]);
        let fixed = identifier
            && patch.var(name).is_none()
            && patch.import_of(name).is_none()
            && name != DOTS
            && name != "_";
        let common = BASIC.contains(&name) || matches!(name, "true" | "false" | "len" | "append" | "make");
        fixed.then(|| ((!common, name.len()), Trigger::Word(name.to_owned(), node.span())))
    });
    let keywords = nodes().filter_map(|node| {
        let word = node.kind().name();
        let keyword = node.children().next().is_none()
            && word.len() > 1
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && node.text() == word;
        let at = node.parent()?;
        keyword.then(|| ((false, word.len()), Trigger::Word(word.to_owned(), at.span())))
    });
    words.chain(keywords).max_by_key(|(rank, _)| *rank).map(|(_, trigger)| trigger)
}
