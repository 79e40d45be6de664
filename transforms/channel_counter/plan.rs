//! All places that a counting channel is used at, and what each becomes.

use super::field::{COUNTED, field_of, uses};
use super::reducer::{self, Reducer, Sum};
use super::{columns, hints};
use crate::model::depends::is_write;
use crate::model::effects::is_predeclared;
use crate::model::fields::{spelled, type_name, type_spec};
use crate::model::imports::{arguments, callee, unparenthesized};
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, Fix, behind_declaration, is_alone_on_its_lines};
use crate::syntax::{Field, File, Kind, Node};
use crate::text::Span;

/// What there is to change.
pub(super) struct CounterPlan<'t> {
    /// The name of the struct.
    pub(super) holder: &'t str,
    /// The declaration of the channel.
    field: Node<'t>,
    /// The atomic type, and the integer type of its methods.
    atomic: (&'static str, &'static str),
    /// The element type of the channel.
    element: &'t str,
    pub(super) reducer: Reducer<'t>,
    sends: Vec<Node<'t>>,
    /// Keys of literals, and assignments, that make the channel.
    makes: Vec<Node<'t>>,
    /// The declaration of the field that holds the sum, and its readings.
    sum: Option<(Node<'t>, Vec<Node<'t>>)>,
    /// A use that is none of these.
    pub(super) other: Option<Node<'t>>,
    /// A place that may be one.
    pub(super) unclear: Option<Node<'t>>,
}

/// The plan for the channel type of a field; `None` when nothing suggests that it
/// only counts.
pub(super) fn of<'t>(channel: Node<'t>, cx: &Cx<'t>) -> Option<CounterPlan<'t>> {
    let (spec, name) = field_of(channel)?;
    let element = channel.value()?.text();
    let (_, atomic, number) = COUNTED.iter().find(|(counted, _, _)| *counted == element)?;
    if !suggests_counting(name.text(), name.file().text(), cx) {
        return None;
    }
    let types = [element, number];
    if types.iter().any(|name| *name != "struct{}" && !is_predeclared(name, cx.package())) {
        return None;
    }
    let holder = spec.name()?.text();
    if type_spec(holder, cx.package()) != Some(spec) {
        return None;
    }
    let places = uses(holder, name.text(), cx)?;
    let mut sends = Vec::new();
    let mut makes = Vec::new();
    let mut drained = Vec::new();
    let mut other = None;
    for selector in &places.selectors {
        let parent = selector.parent()?;
        match parent.kind() {
            Kind::SendStatement
                if parent.channel() == Some(*selector) && parent.parent()?.kind() == Kind::StatementList =>
            {
                sends.push(parent);
            }
            Kind::RangeClause => drained.push(*selector),
            Kind::ExpressionList if is_made(parent) => makes.push(parent.parent()?),
            _ => other = other.or(Some(*selector)),
        }
    }
    for key in &places.keys {
        let element = key.ancestors().find(|up| up.kind() == Kind::KeyedElement)?;
        let made = element.named().nth(1).is_some_and(is_make);
        if made { makes.push(element) } else { other = other.or(Some(*key)) }
    }
    let [drained] = drained[..] else { return None };
    if sends.is_empty() || makes.is_empty() {
        return None;
    }
    let reducer = reducer::of(drained, holder, cx)?;
    let mut unclear = places.unclear.first().copied();
    let sum = match reducer.sum {
        Sum::Field(field) => {
            let name = field.field()?;
            let found = uses(holder, name.text(), cx)?;
            let declaration = found.declared.first()?.parent()?;
            let plain = declaration.fields(Field::Name).count() == 1
                && declaration.ty()?.text() == if element == "struct{}" { "int64" } else { element };
            plain.then_some(())?;
            unclear = unclear.or(found.unclear.first().copied());
            let reads: Vec<Node<'t>> = found.selectors.into_iter().filter(|at| *at != field).collect();
            let wrong = reads.iter().find(|at| is_write(**at) || !is_read(**at));
            other = other.or(wrong.copied()).or(found.keys.first().copied());
            Some((declaration, reads))
        }
        _ => None,
    };
    let field = channel.parent()?;
    Some(CounterPlan {
        holder,
        field,
        atomic: (atomic, number),
        element,
        reducer,
        sends,
        makes,
        sum,
        other,
        unclear,
    })
}

/// Whether the bytes say that the package drains the field and sends to it.
fn suggests_counting(name: &str, own: &str, cx: &Cx<'_>) -> bool {
    let somewhere = |shows: fn(&[u8], &[u8]) -> bool| {
        let shows = |text: &str| shows(text.as_bytes(), name.as_bytes());
        shows(own) || cx.package().files().any(|file| shows(file.text()))
    };
    somewhere(hints::is_drained) && somewhere(hints::is_sent_to)
}

/// Whether the selector stands where only its value is used.
fn is_read(selector: Node<'_>) -> bool {
    selector.parent().is_some_and(|parent| match parent.kind() {
        Kind::UnaryExpression => parent.operator().is_some_and(|operator| operator.kind() != Kind::And),
        Kind::SelectorExpression | Kind::IncStatement | Kind::DecStatement => false,
        _ => true,
    })
}

/// Whether the list is the left side of `x.ch = make(…)`.
fn is_made(list: Node<'_>) -> bool {
    let statement = list.parent().filter(|up| up.kind() == Kind::AssignmentStatement);
    statement.is_some_and(|statement| {
        let right = statement.right();
        list.field_name() == Some(Field::Left)
            && list.named().count() == 1
            && statement.operator().is_some_and(|operator| operator.text() == "=")
            && right.is_some_and(|right| right.named().count() == 1 && right.named().all(is_make))
            && statement.parent().is_some_and(|up| up.kind() == Kind::StatementList)
    })
}

fn is_make(value: Node<'_>) -> bool {
    let value = match value.kind() {
        Kind::LiteralElement => value.named().next().unwrap_or(value),
        _ => value,
    };
    let value = unparenthesized(value);
    let sized = || arguments(value).skip(1).all(|size| size.is(&[Kind::IntLiteral, Kind::Identifier]));
    callee(value).is_some_and(|called| called.text() == "make" && scope::resolve(called) == Def::Outside)
        && sized()
}

/// Where the struct is used by value.
pub(super) fn by_value<'t>(holder: &str, cx: &Cx<'t>) -> Option<String> {
    let place = |node: Node<'_>| format!("`{}` on line {}", node.text(), node.line());
    let mentions = match spelled(holder, cx.package()) {
        Ok(mentions) => mentions,
        Err(broken) => return Some(broken),
    };
    // A field or method may have the same name; where the struct is embedded, its
    // name as a type says so.
    let types = mentions.into_iter().filter(|mention| {
        mention.kind() != Kind::FieldIdentifier && !matches!(scope::resolve(*mention), Def::Local(_))
    });
    let wrong = types.into_iter().find(|mention| {
        let Some(parent) = mention.parent() else { return true };
        match parent.kind() {
            Kind::TypeSpec => parent.name() != Some(*mention),
            Kind::PointerType => false,
            // `*T` where an expression could stand: `new(*T)`, a conversion.
            Kind::UnaryExpression => parent.operator().is_some_and(|operator| operator.kind() != Kind::Star),
            Kind::CompositeLiteral => !parent.parent().is_some_and(|up| {
                up.kind() == Kind::UnaryExpression && up.operator().is_some_and(|it| it.kind() == Kind::And)
            }),
            Kind::ArgumentList => {
                parent.parent().and_then(callee).is_none_or(|called| called.text() != "new")
            }
            _ => true,
        }
    });
    if let Some(wrong) = wrong {
        return Some(place(wrong));
    }
    // A copy through a pointer.
    for file in cx.package().files() {
        if memchr::memmem::find(file.text().as_bytes(), b"*").is_none() {
            continue;
        }
        for index in 0..file.outline().decls.len() {
            let Some(root) = file.decl(index) else { continue };
            let copies = root.descendants().find(|node| {
                node.kind() == Kind::UnaryExpression
                    && node.operator().is_some_and(|operator| operator.kind() == Kind::Star)
                    && node
                        .operand()
                        .and_then(|operand| type_name(operand, cx.package()))
                        .is_some_and(|name| name.text() == holder)
            });
            if let Some(copies) = copies {
                return Some(place(copies));
            }
        }
    }
    None
}

impl<'t> CounterPlan<'t> {
    /// The files that the fix changes.
    pub(super) fn files(&self) -> Vec<&'t File> {
        let reads = self.sum.iter().flat_map(|(declaration, reads)| reads.iter().chain([declaration]));
        let own = [self.field, self.reducer.starts, self.reducer.drained];
        own.iter().chain(&self.sends).chain(&self.makes).chain(reads).map(|node| node.file()).collect()
    }

    /// Writes all of it.
    pub(super) fn write(&self, cx: &Cx<'t>, fix: &mut Fix) {
        let name = self.counter(cx);
        self.write_fields(&name, cx, fix);
        for send in &self.sends {
            self.write_send(*send, &name, fix);
        }
        for make in &self.makes {
            if make.kind() == Kind::KeyedElement {
                delete_element(*make, fix);
            } else {
                fix.delete_statement(*make, &[]);
            }
        }
        let words = ["reduc", "sum", "count", "drain", "add", "receiv", "goroutine"];
        fix.delete_statement(self.reducer.starts, &words);
        if let Some(method) = self.reducer.method {
            delete_declaration(method, fix);
        }
        for read in self.sum.iter().flat_map(|(_, reads)| reads) {
            let loaded = format!("{}.Load()", read.text());
            let converted = matches!(self.element, "int" | "uint");
            fix.replace_node(*read, if converted { format!("{}({loaded})", self.element) } else { loaded });
        }
        if matches!(self.reducer.sum, Sum::Nowhere) {
            self.write_load(&name, cx, fix);
        }
        fix.claim(self.field);
    }

    /// The name of the field that counts from now on.
    fn counter(&self, cx: &Cx<'t>) -> String {
        if let Sum::Field(field) = self.reducer.sum {
            return field.field().map_or("n", Node::text).to_owned();
        }
        let taken = |name: &&str| {
            let declared = |node: &Node<'_>| node.kind() == Kind::FieldIdentifier && node.text() == *name;
            let fields =
                self.field.parent().is_some_and(|list| list.descendants().any(|node| declared(&node)));
            fields || !cx.package().methods(Some(self.holder), name).is_empty()
        };
        let wished = ["n", "count", "total", "counted", "counter"];
        wished.into_iter().find(|name| !taken(name)).unwrap_or("atomicCount").to_owned()
    }

    fn write_fields(&self, name: &str, cx: &Cx<'t>, fix: &mut Fix) {
        let Sum::Atomic(_) = self.reducer.sum else {
            let package = fix.import("sync/atomic", self.field, cx);
            let written = format!("{package}.{}", self.atomic.0);
            let changed = self.sum.as_ref().map_or(self.field, |(declaration, _)| *declaration);
            if changed == self.field {
                let blanks = columns::realign(changed, Some(name.len()), fix);
                let (Some(old), Some(of)) = (changed.name(), changed.ty()) else { return };
                fix.replace_in(
                    changed.file(),
                    Span::new(old.start(), of.end()),
                    format!("{name}{blanks}{written}"),
                );
                return;
            }
            if let Some(of) = changed.ty() {
                fix.replace_node(of, written);
            }
            delete_row(self.field, fix);
            return;
        };
        delete_row(self.field, fix);
    }

    fn write_send(&self, send: Node<'t>, name: &str, fix: &mut Fix) {
        let (Some(channel), Some(value)) = (send.channel(), send.value()) else { return };
        let base = channel.operand().map_or("", Node::text);
        let literal = unparenthesized(value).kind() == Kind::IntLiteral;
        let value = match self.element {
            "struct{}" => "1".to_owned(),
            "int" | "uint" if !literal => format!("{}({})", self.atomic.1, value.text()),
            _ => value.text().to_owned(),
        };
        let text = match self.reducer.sum {
            Sum::Atomic(call) => self.like(call, base, &value),
            _ => format!("{base}.{name}.Add({value})"),
        };
        fix.replace_node(send, text);
    }

    /// The reducer's own call, for the struct `base` and another value.
    fn like(&self, call: Node<'t>, base: &str, value: &str) -> String {
        let callee = callee(call).map_or("", Node::text);
        let given: Vec<Node<'_>> = arguments(call).collect();
        match given[..] {
            [target, _] => {
                let field = target.operand().and_then(|field| field.field());
                format!("{callee}(&{base}.{}, {value})", field.map_or("", Node::text))
            }
            _ => {
                let field = crate::model::imports::callee(call)
                    .and_then(|called| called.operand())
                    .and_then(|field| field.field());
                format!("{base}.{}.Add({value})", field.map_or("", Node::text))
            }
        }
    }

    /// A method that gives the sum, behind the first one that counts.
    fn write_load(&self, name: &str, cx: &Cx<'t>, fix: &mut Fix) {
        let counting = self.sends.iter().find_map(|send| {
            let method = send.ancestors().find(|up| up.kind() == Kind::MethodDeclaration)?;
            let receiver = method.receiver()?.named().next()?;
            let own = receiver.ty()?.named().next().is_some_and(|of| of.text() == self.holder);
            own.then_some((method, receiver.name()?))
        });
        let Some((method, receiver)) = counting else { return };
        let known = !cx.package().methods(Some(self.holder), "Load").is_empty()
            || self.field.parent().is_some_and(|list| list.descendants().any(|node| node.text() == "Load"));
        if known {
            return;
        }
        let (receiver, holder) = (receiver.text(), self.holder);
        let loaded = format!("{receiver}.{name}.Load()");
        let (result, loaded) = match self.element {
            "struct{}" => ("int64", loaded),
            "int" | "uint" => (self.element, format!("{}({loaded})", self.element)),
            element => (element, loaded),
        };
        let file = method.file();
        let newline = file.newline();
        let text = [
            "",
            "",
            &format!("func ({receiver} *{holder}) Load() {result} {{"),
            &format!("\treturn {loaded}"),
            "}",
        ]
        .join(newline);
        fix.replace_in(file, Span::at(behind_declaration(method)), text);
    }
}

/// Deletes a field of a struct with its line, or from a line that it shares.
fn delete_row(field: Node<'_>, fix: &mut Fix) {
    if !is_alone_on_its_lines(field) {
        fix.delete_declaration(field);
        return;
    }
    let file = field.file();
    let lines = file.lines();
    let whole = lines.whole_lines(field.span());
    columns::realign(field, None, fix);
    // Comments right above the field are about it.
    let mut first = lines.line(field.start());
    let text =
        |line: usize| String::from_utf8_lossy(lines.content(file.text().as_bytes(), line)).into_owned();
    while first > 1 && text(first - 1).trim_start().starts_with("//") {
        first -= 1;
    }
    fix.replace_in(file, Span::new(lines.span(first).start, whole.end), "");
}

/// Deletes `key: value` from a literal, with its line or with its comma.
fn delete_element(element: Node<'_>, fix: &mut Fix) {
    let file = element.file();
    let (Some(body), lines) = (element.parent(), file.lines()) else { return };
    if body.named().count() == 1 && !body.children().any(|child| child.kind() == Kind::Comment) {
        fix.replace_node(body, "{}");
        return;
    }
    let whole = lines.whole_lines(element.span());
    let text = file.text();
    let rest = text[element.end()..whole.end].trim();
    let alone = text[whole.start..element.start()].trim().is_empty()
        && (rest == "," || rest.strip_prefix(',').is_some_and(|rest| rest.trim().starts_with("//")));
    if alone {
        columns::realign(element, None, fix);
        fix.replace_in(file, whole, "");
        return;
    }
    let after = &text[element.end()..];
    if let Some(next) = after.strip_prefix(',') {
        let skipped = after.len() - next.trim_start_matches([' ', '\t']).len();
        fix.replace_in(file, Span::new(element.start(), element.end() + skipped), "");
    } else {
        let before = text[..element.start()].trim_end().trim_end_matches(',').len();
        fix.replace_in(file, Span::new(before, element.end()), "");
    }
}

/// Deletes a method with the comment above it and a blank line.
fn delete_declaration(method: Node<'_>, fix: &mut Fix) {
    if !is_alone_on_its_lines(method) {
        fix.delete_declaration(method);
        return;
    }
    let file = method.file();
    let lines = file.lines();
    let text =
        |line: usize| String::from_utf8_lossy(lines.content(file.text().as_bytes(), line)).into_owned();
    let mut first = lines.line(method.start());
    let mut last = lines.line(method.end() - 1);
    while first > 1 && text(first - 1).starts_with("//") {
        first -= 1;
    }
    if last < lines.count()
        && text(last + 1).trim().is_empty()
        && lines.span(last + 1).end > lines.span(last + 1).start
    {
        last += 1;
    } else if first > 1 && text(first - 1).trim().is_empty() {
        first -= 1;
    }
    fix.replace_in(file, lines.span(first).join(lines.span(last)), "");
}
