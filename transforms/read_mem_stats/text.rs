//! What is written in the place of `runtime.ReadMemStats`: samples, their
//! reading, and the values of the fields.

use super::fields::Field;
use super::stats::Stats;
use crate::model::effects::function_of;
use crate::rewrite::{Cx, is_alone_on_its_lines, sum};
use crate::syntax::Node;

/// A name for the samples in the scope of the statistics.
pub fn samples_name(stats: &Stats<'_>, cx: &Cx<'_>) -> String {
    cx.fresh_name_within(&["samples", "memSamples"], stats.local.name, stats.local.scope)
}

/// What is replaced by what, where `runtime/metrics` is called `package`.
pub fn replacements<'t>(
    stats: &Stats<'t>,
    package: &str,
    samples: &str,
    cx: &Cx<'t>,
) -> Vec<(Node<'t>, String)> {
    let metrics = stats.metrics();
    let newline = cx.file.newline();
    let named = values_with_names(stats, samples, cx);
    let mut all = Vec::new();
    if let Some(declaration) = stats.declaration {
        let literal = literal(package, &metrics, indentation(declaration), newline);
        all.push((declaration, format!("{samples} := {literal}")));
    }
    for read in &stats.reads {
        let mut text = format!("{package}.Read({samples})");
        for (field, name) in &named {
            let value = value(field, &metrics, samples, None);
            text.push_str(&format!("{newline}{}{name} := {value}", indentation(*read)));
        }
        all.push((*read, text));
    }
    for read in &stats.uses {
        let name = named.iter().find(|(field, _)| *field == read.field).map(|(_, name)| name.clone());
        let text = name.unwrap_or_else(|| value(read.field, &metrics, samples, Some(read.node)));
        all.push((read.node, text));
    }
    all
}

/// The fields whose value is worth a name: it is more than one sample, and
/// written more than once. Each gets one behind the only reading, when every
/// use sees that place and runs before the next reading.
fn values_with_names<'t>(stats: &Stats<'t>, samples: &str, cx: &Cx<'t>) -> Vec<(&'static Field, String)> {
    let [read] = stats.reads[..] else { return Vec::new() };
    let statement = read.parent().unwrap_or(read);
    let Some(list) = statement.parent().filter(|list| list.kind() == "statement_list") else {
        return Vec::new();
    };
    let behind = &cx.file.text()[read.end()..cx.file.lines().whole_lines(read.span()).end];
    if !is_alone_on_its_lines(statement) || !behind.trim().is_empty() {
        return Vec::new();
    }
    let mut named: Vec<(&'static Field, String)> = Vec::new();
    for read_at in &stats.uses {
        let field = read_at.field;
        let long = field.metrics.len() > 1 || field.narrow.is_some();
        let places = || stats.uses.iter().filter(|other| other.field == field).map(|other| other.node);
        let near = places().all(|place| list.holds(place) && function_of(place) == function_of(read));
        if long && near && places().count() > 1 && !named.iter().any(|(known, _)| *known == field) {
            let wished = local_name(field.name);
            let scope = list.parent().unwrap_or(list);
            let free = |name: &&String| *name != samples && cx.is_free_within(name, statement, scope);
            let numbered = (2..).map(|n| format!("{wished}{n}"));
            let names: Vec<String> = std::iter::once(wished.clone()).chain(numbered).take(9).collect();
            named.extend(names.iter().find(free).map(|name| (field, name.clone())));
        }
    }
    named
}

/// The name of a local variable for a field: `heapInuse`, `numGC`, `mspanSys`.
fn local_name(field: &str) -> String {
    let capitals = field.chars().take_while(|c| c.is_uppercase()).count();
    let lower = if capitals > 1 && capitals < field.len() { capitals } else { 1 };
    field.chars().enumerate().map(|(at, c)| if at < lower { c.to_ascii_lowercase() } else { c }).collect()
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

/// The value of a field in the place of the expression `at`, or by itself.
pub fn value(field: &Field, metrics: &[&str], samples: &str, at: Option<Node<'_>>) -> String {
    let index = |name: &&str| metrics.iter().position(|metric| metric == name).unwrap_or_default();
    let terms: Vec<String> =
        (field.metrics.iter()).map(|name| format!("{samples}[{}].Value.Uint64()", index(name))).collect();
    match field.narrow {
        Some(narrow) => format!("{narrow}({})", terms.join(" + ")),
        None => at.map_or_else(|| terms.join(" + "), |at| sum(&terms, at)),
    }
}

/// What stands before the first code of the statement's line.
fn indentation(statement: Node<'_>) -> &str {
    let file = statement.file();
    let line = file.lines().span(file.lines().line(statement.start())).of(file.text());
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
