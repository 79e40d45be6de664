//! From the lines of a patch to two trees.

use super::Problem;
use super::checks;
use super::condition::Condition;
use super::dots;
use super::needs::PatchNeeds;
use super::object::{RuleObject, RulePackage};
use super::patch::{Line, PatchDeclarationKind, PatchOptions, PatchSource, Sign, VarKind, import};
use super::rename::{self, Rename};
use super::side::{DOTS, Form, Side, unclosed};
use super::text_value::TextValue;
use super::trigger::{Trigger, trigger};
use super::types::RuleType;
use super::unify;
use crate::model::import_names::is_default_name;
use crate::model::scope::{self, Def};
use crate::rewrite::TypeRelation;
use crate::syntax::{Kind, Node};

/// What the rule file says for all its patches.
pub struct Options {
    /// Whether its own result may match again.
    pub once: bool,
    /// Whether a patch without a new side deletes a statement.
    pub deletes: bool,
    /// Whether a pattern may match every expression.
    pub broad: bool,
    /// What holds for patches that say nothing else.
    pub patch: PatchOptions,
    /// The labels of the patches that conditions look at.
    pub parts: Vec<String>,
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
    /// For a file of gopatch: the file has to have this import, under exactly this name
    /// unless the name is a variable.
    pub required: bool,
    /// Whether the name is a variable.
    pub any: bool,
}

impl RuleImport {
    fn is_called(&self, name: &str) -> bool {
        match &self.name {
            Some(own) => own == name,
            None => is_default_name(name, &self.path),
        }
    }

    /// Whether the import stands on the new side, or on the old one.
    pub fn is_on(&self, new: bool) -> bool {
        self.sign == Sign::Both || (self.sign == Sign::New) == new
    }

    /// Whether the rule calls the package as nobody would guess from its path.
    pub fn is_unguessable(&self) -> bool {
        self.name.as_ref().is_some_and(|name| !is_default_name(name, &self.path))
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
    /// The types of its variables, where they have one.
    pub types: Vec<Option<RuleType>>,
    /// What is written where a variable that a condition asks for is not visible.
    pub defaults: Vec<(String, Side)>,
    /// What it is called, for conditions that look at it.
    pub label: Option<String>,
    /// What leads to its sites.
    pub trigger: Trigger,
    /// What no site of it is without.
    pub needs: PatchNeeds,
    /// Where each lone `...` of the new side begins, and where its run of the old side does.
    pub dots: Vec<(usize, usize)>,
    /// Whether its result may match it again.
    pub repeats: bool,
    /// Whether conditions decide if its result matches it again.
    pub may_repeat: bool,
    /// Its number in the file, from 1.
    pub number: usize,
    /// Whether it is written in gopatch's dialect.
    pub gopatch: bool,
    /// What stands behind its `@@`.
    pub options: PatchOptions,
    /// The package that its `package` line names.
    pub package: Option<RulePackage>,
    /// What it names in the code by declaration.
    pub objects: Vec<RuleObject>,
    /// What it gives another name.
    pub renames: Vec<Rename>,
    /// The name of the package whose files it is about.
    pub in_package: Option<String>,
    /// The name that the package clause gets, for a patch that changes it.
    pub clause: Option<String>,
    /// Whether its lines only say where the imports and the clause are changed.
    pub whole_file: bool,
    /// Whether a site where the new side stands already is none: a declaration.
    pub settles: bool,
}

impl Patch {
    /// The import path that a name of the pattern stands for.
    pub fn import_of(&self, name: &str) -> Option<&str> {
        self.import_on(name, false).or_else(|| self.import_on(name, true)).map(|import| import.path.as_str())
    }

    /// The import that a name of the new or the old side stands for.
    pub fn import_on(&self, name: &str, new: bool) -> Option<&RuleImport> {
        if self.var(name).is_some() {
            return None;
        }
        self.imports.iter().find(|import| import.is_on(new) && import.is_called(name))
    }

    /// The object that a name of the pattern is.
    pub fn object(&self, name: &str) -> Option<&RuleObject> {
        self.objects.iter().find(|object| object.word() == name)
    }

    /// Whether it changes nothing but the name of an import, and the path maybe.
    fn renames_import(&self) -> bool {
        let of = |sign: Sign| self.imports.iter().find(|import| import.sign == sign);
        let (Some(old), Some(new)) = (of(Sign::Old), of(Sign::New)) else { return false };
        old.path == new.path && self.gopatch
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
        let import = (plain && !local).then(|| self.import_on(package.text(), Side::is_new(node)));
        import.flatten().map(|import| (import.path.as_str(), name))
    }

    /// The variable or run that a node of the pattern is, through what the grammar wraps
    /// around it.
    pub fn variable<'p>(&self, node: Node<'p>) -> Option<Variable> {
        let mut at = node;
        // Whether the grammar wrapped something around it that only a run stands for.
        let mut wrapped = false;
        loop {
            match at.kind() {
                Kind::Identifier | Kind::TypeIdentifier | Kind::FieldIdentifier | Kind::PackageIdentifier => {
                    if at.text() == DOTS {
                        return Some(Variable::Dots);
                    }
                    let declares = at == node || !at.is(&[Kind::FieldIdentifier]);
                    let (index, var) = self.var(at.text()).filter(|_| declares)?;
                    return (!wrapped || var.kind == VarKind::Run).then_some(Variable::Var(index));
                }
                // `case …:` and `name name` are how a run between cases and specs is read.
                Kind::ExpressionCase | Kind::CommunicationCase => {
                    let value = at.value().or_else(|| at.communication())?;
                    let bare = at.child(Kind::StatementList).is_none();
                    at = bare.then_some(value)?;
                    wrapped = true;
                }
                Kind::VarSpec | Kind::TypeSpec | Kind::ParameterDeclaration
                    if at.name().is_some() && at.ty().is_some() =>
                {
                    let (name, ty) = (at.name()?, at.ty()?);
                    let names = at.fields(crate::syntax::Field::Name).count();
                    at = (name.text() == ty.text() && names == 1).then_some(name)?;
                    wrapped = true;
                }
                Kind::ExpressionStatement
                | Kind::LiteralElement
                | Kind::ParameterDeclaration
                | Kind::ExpressionList
                | Kind::ReceiveStatement
                | Kind::FieldDeclaration
                | Kind::ConstSpec
                | Kind::TypeElem => {
                    let mut inner = at.named();
                    wrapped |= !at.is(&[
                        Kind::ExpressionStatement,
                        Kind::LiteralElement,
                        Kind::ParameterDeclaration,
                        Kind::TypeElem,
                    ]);
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

/// Compiles one choice of the alternatives of a patch; `before` are the patches of the file
/// above it.
pub fn compile(
    source: &PatchSource,
    body: &[Line],
    options: &Options,
    before: &[Patch],
    warnings: &mut Vec<Problem>,
) -> Result<Patch, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut declared = PatchHead::of(source, &mut problems);
    let lines = declared.take_imports(body, source.gopatch);
    declared.inherit(source, before);
    let mut patch = declared.patch(source, options);
    let has = |sign: Sign| lines.iter().any(|line| line.sign == sign);
    let first_line = lines.first().map_or(source.number, |line| line.number);
    if source.options.rename {
        patch.renames = rename::parse(&lines, &patch, source.number, &mut problems);
        if let Some(first) = patch.renames.first() {
            patch.trigger = Trigger::Word(first.old.clone(), crate::text::Span::at(0));
        }
        return if problems.is_empty() { Ok(patch) } else { Err(problems) };
    }
    let changes_file = patch.clause.is_some() || patch.imports.iter().any(|import| import.sign != Sign::Both);
    if lines.iter().all(|line| line.text.trim().is_empty()) && patch.clause.is_none() {
        return import_patch(patch, source, problems);
    }
    let blank = lines.iter().all(|line| line.sign == Sign::Both);
    // What a condition looks at need not change anything, and leads to no site.
    let part = source.label.as_ref().is_some_and(|label| options.parts.contains(label));
    if blank && !changes_file && !part {
        problems.push(
            Problem::at(first_line, 1, "nothing is changed: no line begins with `-` or `+`")
                .help("write `-` before what is searched and `+` before what takes its place"),
        );
        return Err(problems);
    }
    patch.whole_file = changes_file && (blank || patch.renames_import());
    let contexts = lines.iter().any(|line| line.sign == Sign::Both && !line.text.trim().is_empty());
    let only_old = !has(Sign::New) && !contexts;
    let looks = part && !has(Sign::New);
    patch.advice = looks || (only_old && !options.deletes && !source.gopatch);
    let removes = only_old && !patch.advice;
    let (old, new) = match sides(&patch, &lines, removes, part, first_line) {
        Ok(sides) => sides,
        Err(problem) => {
            problems.push(problem);
            return Err(problems);
        }
    };
    let conditions = std::mem::take(&mut declared.conditions);
    declared.take_parameters(&conditions, &old, &mut patch);
    patch.types = var_types(&patch, &declared.places, &mut problems);
    for (mut condition, line) in conditions {
        if let Some(unknown) = condition.unknown(&patch).or_else(|| condition.bind(&patch).err()) {
            problems.push(Problem::at(line, 7, unknown));
        }
        if let Some((name, text)) = condition.default_text() {
            let text = Line { number: line, sign: Sign::New, text: text.to_owned() };
            match Side::parse(&[&text], Form::Expression, &patch.imports, true, &[]) {
                Ok(side) => patch.defaults.push((name.to_owned(), side)),
                Err(_) => {
                    problems.push(Problem::at(line, 7, format!("`{}` is not an expression", text.text)))
                }
            }
        }
        patch.conditions.push(condition);
    }
    for (text, (line, column)) in patch.lets.iter().zip(&declared.let_places) {
        if let Some(name) =
            text.value.names().find(|name| patch.var(name).is_none() && patch.text(name).is_none())
        {
            problems.push(
                Problem::at(*line, *column, format!("`{name}` is not a variable of the rule"))
                    .help(format!("declare it: `var {name} literal string`")),
            );
        }
    }
    checks::names(&patch, &old, new.as_ref(), source, &declared.places, &mut problems, warnings);
    checks::ambiguous(&patch, &old, &mut problems);
    match new.as_ref().map(|new| dots::pairs(&patch, &old, new)) {
        Some(Ok(pairs)) => patch.dots = pairs,
        Some(Err(problem)) => problems.push(problem),
        None => {}
    }
    let imported = patch.imports.iter().find(|import| import.sign == Sign::Old);
    match trigger(&patch, &old) {
        Some(trigger) if !patch.whole_file || imported.is_none() => patch.trigger = trigger,
        _ if patch.whole_file && imported.is_some() => {
            patch.trigger = Trigger::Import(imported.map(|import| import.path.clone()).unwrap_or_default());
        }
        _ if options.broad || part => patch.trigger = Trigger::Every,
        _ => {
            let (line, column) = old.roots().first().map_or((first_line, 2), |root| old.place(root.start()));
            problems.push(checks::too_wide(&patch, &old, line, column));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // Where a condition decides, or what a variable takes, only a run shows it.
    if let Some(new) = &new
        && !source.options.calls
        && !patch.whole_file
        && old.form() != Form::Declaration
    {
        let narrow = patch.vars.iter().any(|var| unify::is_narrow(&var.kind));
        patch.may_repeat =
            (narrow || !patch.conditions.is_empty()) && unify::may_match_itself(&patch, &old, new);
    }
    if let Some(new) = &new
        && patch.conditions.is_empty()
        && !source.options.calls
        && !patch.whole_file
        && !part
        && unify::matches_itself(&patch, &old, new)
    {
        patch.settles = old.form() == Form::Declaration;
        patch.repeats = !patch.settles;
        if patch.repeats && !options.once && !source.gopatch {
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
    patch.needs = PatchNeeds::of(&patch, &old);
    patch.old = Some(old);
    patch.new = new;
    Ok(patch)
}

/// The types of the variables that have one.
fn var_types(patch: &Patch, places: &[(usize, usize)], problems: &mut Vec<Problem>) -> Vec<Option<RuleType>> {
    let mut types = Vec::new();
    for (var, (line, column)) in patch.vars.iter().zip(places) {
        let read = match &var.kind {
            VarKind::Typed(kind) => Some(RuleType::of(kind, patch)),
            VarKind::Const(ty) => Some(RuleType::related(TypeRelation::Constant, ty, patch)),
            _ => None,
        };
        types.push(match read.transpose() {
            Ok(read) => read,
            Err(why) => {
                problems.push(Problem::at(*line, *column, why));
                None
            }
        });
    }
    types
}

/// The two sides in the first form that both can be read as.
fn sides(
    patch: &Patch,
    lines: &[&Line],
    removes: bool,
    part: bool,
    first_line: usize,
) -> Result<(Side, Option<Side>), Problem> {
    let of = |sign: Sign| -> Vec<&Line> {
        lines.iter().copied().filter(|line| line.sign == sign || line.sign == Sign::Both).collect()
    };
    let (old_lines, new_lines) = (of(Sign::Old), of(Sign::New));
    let runs: Vec<&str> =
        patch.vars.iter().filter(|var| var.kind == VarKind::Run).map(|var| var.name.as_str()).collect();
    let forms: &[Form] = if removes {
        &[Form::Statements]
    } else if part {
        &[Form::Expression, Form::Keyed, Form::Statements, Form::Type, Form::Declaration, Form::Case]
    } else {
        &[Form::Expression, Form::Statements, Form::Type, Form::Declaration, Form::Case]
    };
    let mut best: Option<(usize, &str)> = None;
    let no_new = patch.advice || removes || patch.whole_file;
    for form in forms {
        let old = Side::parse(&old_lines, *form, &patch.imports, false, &runs);
        let new = |form: Form| Side::parse(&new_lines, form, &patch.imports, true, &runs);
        // What becomes of an element may be several of them.
        let several = part && matches!(form, Form::Expression | Form::Keyed);
        let elements = || several.then(|| new(Form::Elements)).and_then(Result::ok);
        let new = (!no_new).then(|| new(*form).or_else(|fault| elements().ok_or(fault)));
        match (old, new) {
            (Ok(old), None) => return Ok((old, None)),
            (Ok(old), Some(Ok(new))) => return Ok((old, Some(new))),
            (Err(fault), _) => best = best.or(Some((fault.line, "old"))),
            (Ok(_), Some(Err(fault))) => {
                if best.is_none_or(|(_, side)| side == "old") {
                    best = Some((fault.line, "new"));
                }
            }
        }
    }
    let (line, side) = best.unwrap_or((first_line, "old"));
    let lines = if side == "old" { &old_lines } else { &new_lines };
    let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let text = text.join("\n");
    let (line, why) = match unclosed(&text) {
        Some((offset, open)) => {
            let index = text[..offset].matches('\n').count();
            (lines[index].number, format!("`{open}` is never closed"))
        }
        None => (line, "it is not an expression, a statement, a type or a declaration".to_owned()),
    };
    Err(Problem::at(line, 0, format!("the {side} side is not Go: {why}")))
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
    if let ([old], 0 | 1) = (old.as_slice(), new)
        && problems.is_empty()
        && (new == 1 || source.gopatch)
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

/// What the lines between the two `@@` say.
#[derive(Default)]
struct PatchHead {
    imports: Vec<RuleImport>,
    vars: Vec<Var>,
    places: Vec<(usize, usize)>,
    lets: Vec<Let>,
    let_places: Vec<(usize, usize)>,
    conditions: Vec<(Condition, usize)>,
    objects: Vec<RuleObject>,
    in_package: Option<String>,
    clause: Option<String>,
    package: Option<RulePackage>,
}

impl PatchHead {
    fn of(source: &PatchSource, problems: &mut Vec<Problem>) -> PatchHead {
        let mut all = PatchHead::default();
        let mut objects = Vec::new();
        let mut package = None;
        for declaration in &source.declarations {
            let line = declaration.number;
            match &declaration.what {
                PatchDeclarationKind::Import { name, path } => all.imports.push(RuleImport {
                    name: name.clone(),
                    path: path.clone(),
                    sign: Sign::Both,
                    line,
                    required: false,
                    any: true,
                }),
                PatchDeclarationKind::Var { names, kind } => {
                    for (name, column) in names {
                        if all.vars.iter().any(|var| var.name == *name) {
                            problems.push(Problem::at(line, *column, format!("`{name}` is declared twice")));
                        }
                        all.vars.push(Var { name: name.clone(), kind: kind.clone() });
                        all.places.push((line, *column));
                    }
                }
                PatchDeclarationKind::Let { name, value, column } => match TextValue::parse(value) {
                    Ok(value) => {
                        all.let_places.push((line, *column));
                        all.lets.push(Let { name: name.clone(), value });
                    }
                    Err(why) => problems.push(Problem::at(line, *column, why)),
                },
                PatchDeclarationKind::Where { condition } => match Condition::parse(condition) {
                    Ok(condition) => all.conditions.push((condition, line)),
                    Err(why) => problems.push(Problem::at(line, 7, why)),
                },
                PatchDeclarationKind::Object { kind, text, column } => {
                    objects.push((*kind, text, line, *column))
                }
                PatchDeclarationKind::Package { name } => package = Some(name.clone()),
            }
        }
        let package = package.map(|name| {
            let is_path = name.contains(['/', '.']);
            if is_path { RulePackage::Path(name) } else { RulePackage::Clause(name) }
        });
        all.package.clone_from(&package);
        for (kind, text, line, column) in objects {
            match all.object(kind, text, package.as_ref()) {
                Ok((name, field, package)) => {
                    all.objects.push(RuleObject { kind, name, field, package, line, column });
                }
                Err(name) => problems.push(
                    Problem::at(line, column, format!("`{name}` is not a package that the rule imports"))
                        .help(format!("write `import \"{name}\"` with its path")),
                ),
            }
        }
        all
    }

    /// Name, field and package of an object as it is written.
    fn object(
        &self,
        kind: super::patch::ObjectKind,
        text: &str,
        package: Option<&RulePackage>,
    ) -> Result<(String, Option<String>, Option<RulePackage>), String> {
        let mut parts: Vec<&str> = text.split('.').collect();
        let own = if kind == super::patch::ObjectKind::Field { 2 } else { 1 };
        let mut package = package.cloned();
        if parts.len() > own {
            let qualifier = parts.remove(0);
            let import = self.imports.iter().find(|import| import.is_called(qualifier));
            package = Some(RulePackage::Path(import.ok_or(qualifier)?.path.clone()));
        }
        Ok((parts[0].to_owned(), parts.get(1).map(|field| (*field).to_owned()), package))
    }

    /// Takes the lines of imports and of the package clause; the others say what is matched.
    fn take_imports<'l>(&mut self, body: &'l [Line], gopatch: bool) -> Vec<&'l Line> {
        let mut lines: Vec<&Line> = Vec::new();
        let (mut grouped, mut clauses) = (false, Vec::new());
        for line in body {
            let text = line.text.trim();
            if gopatch && matches!(text, "import (" | "import(") {
                grouped = true;
                continue;
            }
            if grouped && text == ")" {
                grouped = false;
                continue;
            }
            let spec = if grouped { Some(text) } else { text.strip_prefix("import ") };
            if let Some((name, path)) = spec.and_then(import) {
                let any = name.as_ref().is_some_and(|name| self.vars.iter().any(|var| var.name == *name));
                let any = any || !gopatch;
                let required = gopatch && line.sign != Sign::New;
                let number = line.number;
                self.imports.push(RuleImport { name, path, sign: line.sign, line: number, required, any });
            } else if let Some(name) = text.strip_prefix("package ").filter(|_| gopatch) {
                clauses.push((line.sign, name.trim().to_owned()));
            } else {
                lines.push(line);
            }
        }
        let clause = |sign: Sign| clauses.iter().find(|(own, _)| *own == sign).map(|(_, name)| name.clone());
        let old = clause(Sign::Old).or_else(|| clause(Sign::Both));
        // A variable is any package.
        self.in_package = old.clone().filter(|name| !self.vars.iter().any(|var| var.name == *name));
        self.clause = clause(Sign::New).filter(|_| old.is_some());
        // The name of an import is not a variable of the pattern.
        let named: Vec<String> = self.imports.iter().filter_map(|import| import.name.clone()).collect();
        let kept: Vec<bool> = self.vars.iter().map(|var| !named.contains(&var.name)).collect();
        let mut keep = kept.iter();
        self.vars.retain(|_| *keep.next().unwrap_or(&true));
        let mut keep = kept.iter();
        self.places.retain(|_| *keep.next().unwrap_or(&true));
        while lines.last().is_some_and(|line| line.text.trim().is_empty()) {
            lines.pop();
        }
        while lines.first().is_some_and(|line| line.text.trim().is_empty()) {
            lines.remove(0);
        }
        // For gopatch, braces around statements are no block.
        let is = |line: Option<&&Line>, brace: &str| {
            line.is_some_and(|line| line.sign == Sign::Both && line.text.trim() == brace)
        };
        if gopatch && is(lines.first(), "{") && is(lines.last(), "}") {
            lines.remove(0);
            lines.pop();
        }
        lines
    }

    /// Where the old side names a parameter of the function around, any name of that parameter
    /// is meant: the condition compares it.
    fn take_parameters(&mut self, conditions: &[(Condition, usize)], old: &Side, patch: &mut Patch) {
        let named = |name: &str| {
            old.roots().iter().any(|root| {
                root.descendants().any(|node| node.kind() == Kind::Identifier && node.text() == name)
            })
        };
        for (condition, line) in conditions {
            for name in condition.parameters().into_iter().filter(|name| named(name)) {
                if patch.var(&name).is_none() {
                    patch.vars.push(Var { name, kind: VarKind::Ident });
                    self.places.push((*line, 7));
                }
            }
        }
    }

    /// What edits the uses of a declaration knows what the patch of the declaration does.
    fn inherit(&mut self, source: &PatchSource, before: &[Patch]) {
        let Some(last) = before.iter().rev().find(|patch| !patch.options.calls) else { return };
        if !source.options.calls {
            return;
        }
        for import in last.imports.iter().filter(|import| import.sign == Sign::Both) {
            if !self.imports.iter().any(|own| own.path == import.path) {
                self.imports.push(import.clone());
            }
        }
        for object in &last.objects {
            if !self.objects.iter().any(|own| own.word() == object.word()) {
                self.objects.push(object.clone());
            }
        }
    }

    fn patch(&mut self, source: &PatchSource, options: &Options) -> Patch {
        let own = source.options;
        Patch {
            message: source.message.join(" "),
            old: None,
            new: None,
            advice: false,
            imports: std::mem::take(&mut self.imports),
            vars: std::mem::take(&mut self.vars),
            lets: std::mem::take(&mut self.lets),
            conditions: Vec::new(),
            types: Vec::new(),
            label: source.label.clone(),
            trigger: Trigger::Import(String::new()),
            needs: PatchNeeds::default(),
            dots: Vec::new(),
            repeats: false,
            may_repeat: false,
            number: 1,
            gopatch: source.gopatch,
            options: PatchOptions {
                strict: own.strict || options.patch.strict,
                branches: own.branches || options.patch.branches,
                ..own
            },
            package: self.package.take(),
            objects: std::mem::take(&mut self.objects),
            defaults: Vec::new(),
            renames: Vec::new(),
            in_package: self.in_package.take(),
            clause: self.clause.take(),
            whole_file: false,
            settles: false,
        }
    }
}
