//! What is written in the place of `runtime.ReadMemStats`: samples, their
//! reading, and the values of the fields.

use super::fields::{StatsField, metric_name};
use super::stats::Stats;
use super::values::{MetricValue, Operand};
use crate::model::effects::function_of;
use crate::model::imports::{callee, parenthesized};
use crate::rewrite::{Cx, Term, is_alone_on_its_lines, total};
use crate::syntax::{Field, Kind, Node};

/// A name for the samples in the scope of the statistics.
pub fn samples_name(stats: &Stats<'_>, cx: &Cx<'_>) -> String {
    cx.fresh_name_within(&["samples", "memSamples"], stats.local.name, stats.local.scope)
}

/// What is written where the statistics were read and used.
pub struct WrittenText<'t> {
    /// What is replaced by what.
    pub replaced: Vec<(Node<'t>, String)>,
    /// Statements that are written behind one.
    pub behind: Vec<(Node<'t>, Vec<String>)>,
}

/// What is written, where `runtime/metrics` is called `package`.
pub fn written<'t>(stats: &Stats<'t>, package: &str, samples: &str, cx: &Cx<'t>) -> WrittenText<'t> {
    let metrics = stats.metrics();
    let names = SampleNames::of(stats, samples, cx);
    let mut replaced = Vec::new();
    if let Some(declaration) = stats.declaration {
        let literal = literal(package, &metrics, indentation(declaration), cx.file.newline());
        replaced.push((declaration, format!("{samples} := {literal}")));
    }
    replaced.extend(stats.reads.iter().map(|read| (*read, format!("{package}.Read({samples})"))));
    let source = ValueSource { stats, metrics: &metrics, samples, names: &names };
    let mut end = 0;
    for value in &stats.values {
        // What stands in another value is written with it.
        if value.node.start() >= end {
            replaced.push((value.node, source.text(value)));
            end = value.node.end();
        }
    }
    let mut behind = Vec::new();
    for (at, read) in stats.reads.iter().enumerate() {
        let set = names.locals.iter().filter(|local| local.read_at.contains(&at));
        let lines: Vec<String> = set
            .map(|local| {
                let operator = if local.read_at.first() == Some(&at) { ":=" } else { "=" };
                format!("{} {operator} {}", local.name, local.what.of_samples(&metrics, samples))
            })
            .collect();
        if let (false, Some(statement)) = (lines.is_empty(), read.parent()) {
            behind.push((statement, lines));
        }
    }
    WrittenText { replaced, behind }
}

/// A sum of metrics that is worth a name.
#[derive(Clone, PartialEq, Eq)]
struct Summed {
    metrics: Vec<&'static str>,
    narrow: Option<&'static str>,
}

impl Summed {
    /// What the operand is the sum of: one thing, or each metric by itself where no field
    /// is their sum.
    fn of(operand: &Operand<'_>) -> Vec<Summed> {
        let narrow = operand.field.and_then(|field| field.narrow);
        let whole = operand.metrics.len() == 1 || StatsField::of_metrics(&operand.metrics).is_some();
        match operand.metrics[..] {
            [] => Vec::new(),
            _ if whole => vec![Summed { metrics: operand.metrics.clone(), narrow }],
            _ => operand.metrics.iter().map(|metric| Summed { metrics: vec![*metric], narrow }).collect(),
        }
    }

    /// The name of a local variable for it: that of the field.
    fn name(&self, operand: &Operand<'_>) -> String {
        let own = operand.field.filter(|field| field.metrics == self.metrics);
        match own.or_else(|| StatsField::of_metrics(&self.metrics)) {
            Some(field) => local_name(field.name),
            None => metric_name(self.metrics[0]).to_owned(),
        }
    }

    /// Its value by the indices of the samples.
    fn of_samples(&self, metrics: &[&str], samples: &str) -> String {
        let terms = indexed(&self.metrics, metrics, samples).join(" + ");
        self.narrow.map_or(terms.clone(), |narrow| format!("{narrow}({terms})"))
    }
}

/// A local variable that holds a sum of metrics.
struct HeldValue {
    what: Summed,
    name: String,
    /// The readings behind which it is set, by their index.
    read_at: Vec<usize>,
}

/// The values that get a name.
#[derive(Default)]
struct SampleNames {
    locals: Vec<HeldValue>,
}

/// More samples than these are not told apart by their indices.
const FEW_SAMPLES: usize = 2;

impl SampleNames {
    /// A name for each value, where there are more than a few samples or a value is used
    /// more than once: set behind each reading whose values are used, when every use
    /// comes behind one in its list of statements and before the next. What is given to a variable of its own at its only use
    /// has a name already.
    fn of<'t>(stats: &Stats<'t>, samples: &str, cx: &Cx<'t>) -> SampleNames {
        let named = SampleNames::all(stats, samples, cx).unwrap_or_default();
        let again =
            |local: &HeldValue| stats.values.iter().filter(|value| holds(value, &local.what)).count() > 1;
        if stats.metrics().len() > FEW_SAMPLES || named.locals.iter().any(again) {
            named
        } else {
            SampleNames::default()
        }
    }

    fn all<'t>(stats: &Stats<'t>, samples: &str, cx: &Cx<'t>) -> Option<SampleNames> {
        let statements: Vec<Node<'t>> = stats.reads.iter().filter_map(|read| read.parent()).collect();
        let list = statements.first()?.parent().filter(|list| list.kind() == Kind::StatementList)?;
        let tidy =
            |statement: &Node<'t>| statement.parent() == Some(list) && is_alone_on_its_lines(*statement);
        if !statements.iter().all(tidy) {
            return None;
        }
        // A literal that runs later sees what the last reading gave.
        let here = function_of(list);
        let mut around = list.ancestors().take_while(|up| *up != stats.local.scope);
        let once = statements.len() == 1 && !around.any(|up| up.kind() == Kind::ForStatement);
        let reading = |value: &MetricValue<'t>| {
            let near = list.holds(value.node) && (once || function_of(value.node) == here);
            statements.iter().rposition(|read| read.end() <= value.node.start()).filter(|_| near)
        };
        let mut names = SampleNames::default();
        for value in &stats.values {
            let at = reading(value)?;
            for operand in &value.operands {
                for what in Summed::of(operand) {
                    if let Some(held) = names.locals.iter_mut().find(|held| held.what == what) {
                        if !held.read_at.contains(&at) {
                            held.read_at.push(at);
                        }
                        continue;
                    }
                    let uses = stats.values.iter().filter(|value| holds(value, &what)).count();
                    if uses == 1 && value.left().count() == 1 && is_declared(value.node) {
                        continue;
                    }
                    let name = free_name(&what.name(operand), statements[0], list, samples, &names, cx)?;
                    names.locals.push(HeldValue { what, name, read_at: vec![at] });
                }
            }
        }
        Some(names)
    }
}

fn holds(value: &MetricValue<'_>, what: &Summed) -> bool {
    value.operands.iter().flat_map(Summed::of).any(|other| other == *what)
}

fn free_name(
    wished: &str,
    statement: Node<'_>,
    list: Node<'_>,
    samples: &str,
    names: &SampleNames,
    cx: &Cx<'_>,
) -> Option<String> {
    let scope = list.parent().unwrap_or(list);
    let free = |name: &String| {
        name != samples
            && names.locals.iter().all(|held| held.name != *name)
            && cx.is_free_within(name, statement, scope)
    };
    std::iter::once(wished.to_owned()).chain((2..10).map(|n| format!("{wished}{n}"))).find(free)
}

/// Whether the expression, or a conversion of it, is the value of a variable that is
/// declared there.
fn is_declared(value: Node<'_>) -> bool {
    let at = parenthesized(value);
    let list = at.parent();
    let converted = list.filter(|list| list.kind() == Kind::ArgumentList && list.named().count() == 1);
    let call = converted.and_then(Node::parent).filter(|call| {
        callee(*call).is_some_and(|to| to.kind() == Kind::Identifier && CONVERSIONS.contains(&to.text()))
    });
    let values = call.map_or(at, parenthesized).parent();
    values.is_some_and(|list| {
        list.kind() == Kind::ExpressionList
            && list.parent().is_some_and(|up| {
                up.is(&[Kind::ShortVarDeclaration, Kind::VarSpec]) && list.field_name() != Some(Field::Left)
            })
    })
}

const CONVERSIONS: &[&str] = &["int", "int64", "uint64", "uint32", "uint", "float64"];

/// The name of a local variable for a field: `heapInuse`, `numGC`, `mSpanSys`.
fn local_name(field: &str) -> String {
    let capitals = field.chars().take_while(|c| c.is_uppercase()).count();
    let lower = if capitals > 1 { capitals - 1 } else { 1 };
    field.chars().enumerate().map(|(at, c)| if at < lower { c.to_ascii_lowercase() } else { c }).collect()
}

/// What the values are written with.
struct ValueSource<'a, 't> {
    stats: &'a Stats<'t>,
    metrics: &'a [&'static str],
    samples: &'a str,
    names: &'a SampleNames,
}

impl<'t> ValueSource<'_, 't> {
    /// The text in the place of a value.
    fn text(&self, value: &MetricValue<'t>) -> String {
        let terms: Vec<Term> = value.operands.iter().filter_map(|operand| self.term(operand)).collect();
        total(&terms, value.node)
    }

    fn term(&self, operand: &Operand<'t>) -> Option<Term> {
        if operand.field.is_none() {
            return Some(Term {
                subtracted: operand.subtracted,
                conversion: None,
                parts: vec![self.with_values(operand.node)],
            });
        }
        let summed = Summed::of(operand);
        let narrow = summed.first()?.narrow;
        let held = |what: &Summed| self.names.locals.iter().find(|held| held.what == *what);
        let part = |what: &Summed| match held(what) {
            Some(held) => vec![held.name.clone()],
            None => indexed(&what.metrics, self.metrics, self.samples),
        };
        let parts = summed.iter().flat_map(part).collect();
        let narrow = narrow.filter(|_| held(&summed[0]).is_none());
        let conversion = operand.conversion.or(narrow).map(str::to_owned);
        Some(Term { subtracted: operand.subtracted, conversion, parts })
    }

    /// The text of an expression with the values in it replaced.
    fn with_values(&self, node: Node<'t>) -> String {
        let text = node.file().text();
        let mut written = String::new();
        let mut at = node.start();
        for value in self.stats.values.iter().filter(|value| node.holds(value.node)) {
            if value.node.start() >= at {
                written.push_str(&text[at..value.node.start()]);
                written.push_str(&self.text(value));
                at = value.node.end();
            }
        }
        written.push_str(&text[at..node.end()]);
        written
    }
}

/// The literal of the samples of `metrics`, on lines of their own when there
/// are several.
pub fn literal(package: &str, metrics: &[&str], indent: &str, newline: &str) -> String {
    match metrics {
        [only] => format!("[]{package}.Sample{{{{Name: \"{only}\"}}}}"),
        _ => {
            let lines: String =
                metrics.iter().map(|name| format!("{indent}\t{{Name: \"{name}\"}},{newline}")).collect();
            format!("[]{package}.Sample{{{newline}{lines}{indent}}}")
        }
    }
}

/// The value of a field by the indices of the samples.
pub fn value(field: &StatsField, metrics: &[&str], samples: &str) -> String {
    Summed { metrics: field.metrics.to_vec(), narrow: field.narrow }.of_samples(metrics, samples)
}

/// Each metric of `of` as a sample, by its index among all of `metrics`.
fn indexed(of: &[&str], metrics: &[&str], samples: &str) -> Vec<String> {
    let index = |name: &&str| metrics.iter().position(|metric| metric == name).unwrap_or_default();
    of.iter().map(|name| format!("{samples}[{}].Value.Uint64()", index(name))).collect()
}

/// What stands before the first code of the statement's line.
fn indentation(statement: Node<'_>) -> &str {
    let file = statement.file();
    let line = file.lines().span(file.lines().line(statement.start())).of(file.text());
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
