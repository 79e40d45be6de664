//! The counter of a finalizer: where it is declared and read, and what takes
//! its place.

use crate::model::builds::comes_with;
use crate::model::fields::spelled;
use crate::model::imports::{is_symbol, package_of, parenthesized, unparenthesized};
use crate::model::scope::{self, Def};
use crate::model::structs::{asks_for_closer, embedded_in, other_name, struct_named};
use crate::rewrite::{Cx, Fix, behind_declaration, insertion_before, sum};
use crate::syntax::{Field, Kind, Node};
use crate::text::Span;
use crate::transforms::shared::finalizer::{FinalizerAction, FinalizerSetting, close_of, statements};

/// What the fix needs to know.
pub(super) struct ObjectCounter<'t> {
    holder: &'t str,
    /// The declaration of the counter, alone in it.
    declaration: Node<'t>,
    /// The expressions that read it.
    reads: Vec<Node<'t>>,
    /// The `Close` that there is.
    close: Option<Node<'t>>,
    receiver: String,
    opened: String,
    closed: String,
}

type CounterRefusal = (&'static str, String);

/// What replaces the finalizer of `setting` that adds `step` to `variable`.
pub(super) fn planned<'t>(
    setting: &FinalizerSetting<'t>,
    variable: Node<'t>,
    step: &str,
    cx: &Cx<'t>,
) -> Result<ObjectCounter<'t>, CounterRefusal> {
    let package = cx.package();
    let holder = setting.holder(package);
    let of = holder.and_then(|holder| struct_named(holder, package)).filter(|of| !of.is_generic());
    let (Some(holder), Some(of)) = (holder, of) else {
        return Err(("foreign-type", "its type is not a plain struct of this package".into()));
    };
    match other_name(holder, package) {
        Ok(None) => {}
        Ok(Some(place)) => return Err(("foreign-type", format!("another name on line {}", place.line()))),
        Err(place) => return Err(("out-of-reach", place)),
    }
    let elsewhere = |seen: &str| Err(("counter-elsewhere", seen.to_owned()));
    if !matches!(setting.action, FinalizerAction::Literal(_)) {
        return elsewhere("the finalizer is a function with a name");
    }
    if step != "1" {
        return elsewhere("it does not count one up");
    }
    let declarations = package.declarations(variable.text());
    let [declaration] = declarations[..] else { return elsewhere("it has several declarations") };
    if !is_plain_counter(declaration) {
        return elsewhere("its declaration is shared, has a value or another type");
    }
    if variable.text().starts_with(char::is_uppercase)
        && let Some(place) = cx.around.used_elsewhere(variable.text())
    {
        return Err(("counter-elsewhere", place));
    }
    let reads = reads(variable, declaration, setting, cx)?;
    if let Some(close) = close_of(holder, package) {
        let counts = close.descendants().any(|node| node.kind() == Kind::IncStatement)
            || close.descendants().any(|node| {
                node.kind() == Kind::SelectorExpression
                    && node.field().is_some_and(|name| name.text().starts_with("Add"))
            });
        let everywhere = comes_with(close.file(), setting.call.file());
        if counts || !everywhere || receiver_of(close).is_none() || head(close).is_none() {
            return Err(("unclear-close", format!("`Close` on line {}", close.line())));
        }
        if let Some(reason) = cx.around.out_of_reach(close.file()) {
            return Err(("out-of-reach", reason));
        }
    } else {
        if !package.methods(Some(holder), "Close").is_empty() {
            return Err(("unclear-close", format!("`{holder}` has several `Close` under build tags")));
        }
        if of.embedded().is_some() || embedded_in(holder, package) != Ok(None) {
            return Err(("becomes-closer", format!("`{holder}` embeds another type, or is embedded")));
        }
        for name in ["Read", "Write", "ReadAt", "WriteAt", "ReadFrom", "WriteTo"] {
            if !package.methods(Some(holder), name).is_empty() {
                return Err(("becomes-closer", format!("`{holder}` has a method `{name}`")));
            }
        }
        if asks_for_closer(package) {
            return Err(("becomes-closer", "a type assertion asks for something that closes".into()));
        }
        if of.field("Close").is_some() {
            return Err(("unclear-close", "`Close` is a field".into()));
        }
    }
    let files = reads.iter().map(|read| read.file()).chain([declaration.file()]);
    if let Some(reason) = files.into_iter().find_map(|file| cx.around.out_of_reach(file)) {
        return Err(("out-of-reach", reason));
    }
    let places: Vec<Node<'t>> = reads.iter().copied().chain([declaration, setting.call]).collect();
    let plural = plural(holder);
    let free = |name: &str| {
        places.iter().all(|at| Cx { file: at.file(), ..*cx }.is_free(name, *at))
            && close_of(holder, package)
                .is_none_or(|close| Cx { file: close.file(), ..*cx }.is_free(name, close))
    };
    let numbers = std::iter::once(String::new()).chain((2..).map(|n| n.to_string()));
    let names = |number: String| [format!("{plural}Opened{number}"), format!("{plural}Closed{number}")];
    let [opened, closed] =
        numbers.map(names).find(|names| names.iter().all(|name| free(name))).expect("some number is free");
    let receiver =
        setting.code(package).and_then(|code| code.object).map(|object| object.name.text().to_owned());
    let object = (setting.object.kind() == Kind::Identifier).then(|| setting.object.text().to_owned());
    let receiver = receiver.or(object).unwrap_or_else(|| plural.chars().take(1).collect());
    Ok(ObjectCounter {
        holder,
        declaration,
        reads,
        close: close_of(holder, package),
        receiver,
        opened,
        closed,
    })
}

impl<'t> ObjectCounter<'t> {
    /// Writes all of it; `statement` is the one that sets the finalizer.
    pub(super) fn write(&self, statement: Node<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        fix.claim(statement);
        fix.claim_package_name(format!("{}.Close", self.holder));
        fix.claim_package_name(&self.opened);
        fix.claim_package_name(&self.closed);
        fix.replace_node(statement, format!("{}.Add(1)", self.opened));
        self.declare(cx, fix);
        for read in &self.reads {
            // A difference stands wherever a sum does.
            let terms = [&self.opened, &self.closed].map(|name| format!("{name}.Load()"));
            fix.replace_node(*read, sum(&terms, *read).replace('+', "-"));
        }
        match self.close {
            Some(close) => self.count_in(close, fix),
            None => self.close_behind(statement, fix),
        }
    }

    /// The declarations of the counters, in the place of the old one and of the
    /// comment above it.
    fn declare(&self, cx: &Cx<'t>, fix: &mut Fix) {
        let file = self.declaration.file();
        let newline = file.newline();
        let there = Cx { file, ..*cx };
        let atomic = fix.import("sync/atomic", self.declaration, &there);
        let mut start = self.declaration.start();
        let lines = file.lines();
        let mut line = lines.line(start);
        // The comment above spoke of the old counter.
        let about = |line: usize| {
            let text = lines.span(line).of(file.text());
            text.trim_start().starts_with("//") && !text.starts_with("//go:")
        };
        let before = &file.text()[lines.span(line).start..start];
        let leads = before.trim().is_empty();
        // What shares the line ends there, as the comment needs a line of its own.
        let apart = if leads { String::new() } else { newline.repeat(2) };
        if !leads {
            start -= before.len() - before.trim_end_matches([' ', '\t', ';']).len();
        }
        while leads && line > 1 && about(line - 1) {
            line -= 1;
            start = lines.span(line).start;
        }
        let text = [
            format!("// {} and {} count; their difference is what is open.", self.opened, self.closed),
            "var (".to_owned(),
            format!("\t{} {atomic}.Int64", self.opened),
            format!("\t{} {atomic}.Int64", self.closed),
            ")".to_owned(),
        ];
        let end = self.declaration.end();
        // A comment behind it spoke of the old counter too.
        let rest = &file.text()[end..lines.whole_lines(Span::at(end)).end];
        let trimmed = rest.trim_start();
        let end = if trimmed.starts_with("//") { end + rest.trim_end().len() } else { end };
        fix.replace_in(file, Span::new(start, end), apart + &text.join(newline));
    }

    /// Counts in the `Close` that there is.
    fn count_in(&self, close: Node<'t>, fix: &mut Fix) {
        let Some(at) = head(close) else { return };
        let edit = insertion_before(at, &[format!("{}.Add(1)", self.closed)]);
        fix.replace_in(close.file(), edit.span, edit.text);
    }

    /// Makes a `Close` behind the function that made the object.
    fn close_behind(&self, statement: Node<'t>, fix: &mut Fix) {
        let whole = statement.ancestors().last().unwrap_or(statement);
        let file = statement.file();
        let newline = file.newline();
        let receiver = &self.receiver;
        let at = behind_declaration(whole);
        let lines = [
            format!("// Close counts {receiver} as closed."),
            format!("func ({receiver} *{}) Close() error {{", self.holder),
            format!("\t{}.Add(1)", self.closed),
            "\treturn nil".to_owned(),
            "}".to_owned(),
        ];
        fix.insert(at, format!("{newline}{newline}{}", lines.join(newline)));
    }
}

/// `var n int64` or `var n atomic.Int64`, alone and without a value.
fn is_plain_counter(declaration: Node<'_>) -> bool {
    const TYPES: &[&str] = &["int64", "uint64", "int32", "uint32", "int"];
    if declaration.kind() != Kind::VarDeclaration || declaration.child(Kind::LeftParen).is_some() {
        return false;
    }
    let mut specs = declaration.named();
    let (Some(spec), None) = (specs.next(), specs.next()) else { return false };
    if spec.kind() != Kind::VarSpec || spec.fields(Field::Name).count() != 1 || spec.value().is_some() {
        return false;
    }
    let Some(written) = spec.ty() else { return false };
    let atomic = ["Int64", "Int32", "Uint64", "Uint32"];
    TYPES.contains(&written.text()) || atomic.iter().any(|name| is_symbol(written, "sync/atomic", name))
}

/// Every expression that reads the counter.
///
/// # Errors
/// The guard that refuses, and what it saw.
fn reads<'t>(
    variable: Node<'t>,
    declaration: Node<'t>,
    setting: &FinalizerSetting<'t>,
    cx: &Cx<'t>,
) -> Result<Vec<Node<'t>>, CounterRefusal> {
    let package = cx.package();
    let places = spelled(variable.text(), package).map_err(|place| ("out-of-reach", place))?;
    let mut reads = Vec::new();
    for place in places {
        let ours = setting.call.holds(place) || declaration.holds(place);
        let other = matches!(scope::resolve(place), Def::Local(_) | Def::Import(_));
        let name = place.kind() == Kind::Identifier
            && place.parent().is_none_or(|up| up.kind() != Kind::KeyedElement);
        if ours || other || place.kind() == Kind::FieldIdentifier {
            continue;
        }
        let read = Some(place).filter(|_| name).and_then(read_of);
        if let Some(sum) = read.and_then(reckoned) {
            let seen = format!("`{}` on line {} reckons with it", sum.text(), sum.line());
            return Err(("counter-elsewhere", seen));
        }
        let written =
            declaration.descendants().find(|node| node.kind() == Kind::VarSpec).and_then(|spec| spec.ty());
        let same = written.is_some_and(|written| {
            written.text().to_lowercase().ends_with("int64")
                && !written.text().to_lowercase().contains("uint")
        });
        match read.filter(|_| same) {
            Some(read) => reads.push(read),
            None => {
                let line = place.line();
                return Err((
                    "counter-elsewhere",
                    format!("`{}` on line {line} is more than a read of an int64", place.text()),
                ));
            }
        }
    }
    Ok(reads)
}

/// The expression by which `place` is read atomically: `atomic.LoadInt64(&n)`,
/// `n.Load()`.
fn read_of<'t>(place: Node<'t>) -> Option<Node<'t>> {
    let outer = parenthesized(place).parent()?;
    match outer.kind() {
        Kind::UnaryExpression => {
            let call = outer.parent().filter(|list| list.kind() == Kind::ArgumentList)?.parent()?;
            let loads = call.function().is_some_and(|called| {
                package_of(called) == Some("sync/atomic")
                    && called.field().is_some_and(|name| name.text().starts_with("Load"))
            });
            loads.then_some(call)
        }
        Kind::SelectorExpression => {
            let call = outer.parent().filter(|call| call.function() == Some(outer))?;
            outer.field().is_some_and(|name| name.text() == "Load").then_some(call)
        }
        _ => None,
    }
}

/// The expression that adds the number to another one, takes it from that, or asks whether
/// they are the same: what was collected of all that was made, perhaps.
fn reckoned(read: Node<'_>) -> Option<Node<'_>> {
    let sum = parenthesized(read).parent().filter(|up| up.kind() == Kind::BinaryExpression)?;
    let reckons = sum
        .operator()
        .is_some_and(|op| matches!(op.kind(), Kind::Plus | Kind::Minus | Kind::Equal | Kind::NotEqual));
    let number = |side: Field| sum.child_by_field(side).is_some_and(|side| side.kind() == Kind::IntLiteral);
    (reckons && !number(Field::Left) && !number(Field::Right)).then_some(sum)
}

/// The receiver's name of a method with a pointer receiver.
fn receiver_of(close: Node<'_>) -> Option<Node<'_>> {
    let declared = close.receiver()?.named().next()?;
    declared.ty().filter(|written| written.kind() == Kind::PointerType)?;
    declared.name()
}

/// The statement of `Close` before which it counts: the first behind the checks
/// that leave early.
fn head(close: Node<'_>) -> Option<Node<'_>> {
    let leaves = |statement: &&Node<'_>| {
        statement.kind() == Kind::IfStatement
            && statement.initializer().is_none()
            && statement.consequence().is_some_and(|then| {
                statements(then).last().is_some_and(|last| last.kind() == Kind::ReturnStatement)
            })
    };
    let body = close.body()?;
    let all = statements(body);
    // Several statements on one line have no place between them.
    let first = all.iter().find(|statement| !leaves(statement)).copied()?;
    let alone = body.span().of(body.file().text()).contains('\n');
    (alone && unparenthesized(first) == first).then_some(first)
}

/// `connsOf` for `Conn`: the type's name in lower case, as a plural.
fn plural(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    // The first word of `HTTPConn` is `HTTP`.
    let capitals = letters.iter().take_while(|letter| letter.is_uppercase()).count();
    let lower = match capitals {
        0 => 0,
        1 => 1,
        all if all == letters.len() => all,
        some => some - 1,
    };
    for letter in letters.iter_mut().take(lower) {
        *letter = letter.to_lowercase().next().unwrap_or(*letter);
    }
    let singular: String = letters.into_iter().collect();
    let ends = |tail: &str| singular.ends_with(tail);
    if ["s", "x", "z", "ch", "sh"].iter().any(|tail| ends(tail)) {
        format!("{singular}es")
    } else if ends("y") && !["ay", "ey", "oy", "uy"].iter().any(|tail| ends(tail)) {
        format!("{}ies", &singular[..singular.len() - 1])
    } else {
        format!("{singular}s")
    }
}
