//! Corrects the name of a runtime metric that does not exist.
//! ```go
//! func waits() *metrics.Float64Histogram {
//! 	samples := []metrics.Sample{{Name: "/sched/latency:seconds"}}
//! 	metrics.Read(samples)
//! 	return samples[0].Value.Float64Histogram()
//! }
//! ```
//! becomes
//! ```go
//! func waits() *metrics.Float64Histogram {
//! 	samples := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
//! 	metrics.Read(samples)
//! 	return samples[0].Value.Float64Histogram()
//! }
//! ```
//! # Why
//! `metrics.Read` says nothing of a name that it does not know: the value is left
//! `KindBad`, and to ask that for a number panics. Two names that are often
//! copied are wrong; measured with Go 1.26, neither can be read, and both can
//! under their real names.
//! # Unsafe
//! The value appears where none was before, and whoever skipped it now handles it. The
//! name is changed wherever the package spells it, so that a table of names still agrees
//! with itself.
//! # Guards
//! - `newer-than-the-table`, keep: go.mod asks for a newer Go than gomend knows the metrics of.
//! - `too-new`, advice: the metric exists, but only from a newer Go on than the module's.
//! - `no-near-name`, advice: no name of a metric is near enough, or more than one is.
//! - `other-kind`, keep: the code asks for another kind of value than the nearest metric has, which
//!   would panic: there, by a variable, or in a function of the package that gets the value.
//! - `other-unit`, advice: the name says another unit than that of the nearest metric, so the number would
//!   mean something else.
//! - `kind-not-seen`, advice: the value leaves the function or the package, so what it is asked for
//!   cannot be told; or a switch over its kind has no case for the metric's.
//! - `spelled-twice`, advice: the name is a key or a case, and the real one is too, where
//!   it may be allowed only once.
//! - `out-of-reach`, advice: a file that this run may not change spells the name too.
//! # Known limits
//! A name of a newer Go is not a finding where the package asks for `metrics.All` or a kind.
//! Names that are put together at run time are not seen, nor a list of names that is built in
//! another function.

mod asked;
mod table;

use crate::model::imports::{is_symbol, unparenthesized};
use crate::model::scope::{self, Def};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::outline::unquoted;
use crate::syntax::{Field, File, Kind, Node};
use asked::Fit;
use table::Metric;

/// Corrects the names of metrics that no Go has.
pub struct UnknownRuntimeMetric;

/// Names that some `metrics.Sample` is given and that the module's Go has not.
pub struct UnknownRuntimeMetricSite<'t> {
    wrong: Vec<Wrong<'t>>,
}

/// A string literal that is the name of no metric.
struct Wrong<'t> {
    literal: Node<'t>,
    name: String,
    meant: Meant,
}

enum Meant {
    /// A metric that a newer Go has.
    Newer(&'static Metric),
    Near(&'static Metric),
    Nothing,
}

const SYMBOL: Symbol = Symbol { path: "runtime/metrics", name: "Sample" };

impl Transform for UnknownRuntimeMetric {
    type Site<'t> = UnknownRuntimeMetricSite<'t>;
    const META: Meta = Meta {
        id: "unknown-runtime-metric",
        title: "ask for a metric that exists",
        group: Group::Metrics,
        seeds: &["SEN 2"],
        best: Applicability::Unsafe,
        triggers: &[SYMBOL],
        guards: &[
            "newer-than-the-table",
            "too-new",
            "no-near-name",
            "other-kind",
            "other-unit",
            "kind-not-seen",
            "spelled-twice",
            "out-of-reach",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<UnknownRuntimeMetricSite<'t>> {
        let names = match literal_of(mention) {
            Some(literal) => given(literal),
            None => listed(mention),
        };
        let wrong = |literal: Node<'t>| {
            let name = unquoted(literal.text());
            let known = table::called(&name);
            let go = cx.go();
            let meant = match known {
                Some(metric) if go.is_some_and(|go| go < metric.since) => {
                    if checks_what_exists(cx) {
                        return None;
                    }
                    Meant::Newer(metric)
                }
                Some(metric) if metric.until.is_none_or(|until| go.is_some_and(|go| go < until)) => {
                    return None;
                }
                _ => table::nearest(&name, go).map_or(Meant::Nothing, Meant::Near),
            };
            table::looks_like_one(&name).then_some(Wrong { literal, name, meant })
        };
        let mut wrong: Vec<Wrong<'t>> = names.into_iter().filter_map(wrong).collect();
        wrong.sort_by_key(|wrong| wrong.literal.start());
        wrong.dedup_by_key(|wrong| wrong.literal);
        (!wrong.is_empty()).then_some(UnknownRuntimeMetricSite { wrong })
    }

    fn judge<'t>(site: &UnknownRuntimeMetricSite<'t>, cx: &Cx<'t>) -> Verdict {
        let newer = cx.go().is_some_and(|go| go > table::LAST);
        let too_new = site.wrong.iter().find_map(|wrong| match wrong.meant {
            Meant::Newer(metric) => Some(format!("Go {}", metric.since)),
            _ => None,
        });
        let lost = site.wrong.iter().find(|wrong| matches!(wrong.meant, Meant::Nothing));
        let unit = site.wrong.iter().find_map(|wrong| match wrong.meant {
            Meant::Near(metric) if !table::is_same_unit(&wrong.name, metric.name) => {
                Some(format!("`{}` is the nearest", metric.name))
            }
            _ => None,
        });
        let mut other = None;
        let mut unseen = None;
        for wrong in &site.wrong {
            let Meant::Near(metric) = wrong.meant else { continue };
            for literal in spellings(&wrong.name, cx) {
                match asked::fit(literal, metric, cx) {
                    Fit::Fits => {}
                    Fit::Other(seen) => other = other.or(Some(seen)),
                    Fit::Unseen(seen) => unseen = unseen.or(Some(seen)),
                }
            }
        }
        let away = || {
            let spelled = site.wrong.iter().flat_map(|wrong| spellings(&wrong.name, cx));
            let files = spelled.map(Node::file).filter(|file| file.path() != cx.file.path());
            files.into_iter().find_map(|file| cx.around.out_of_reach(file))
        };
        Verdict::of(Applicability::Unsafe)
            .keep_if(newer, "newer-than-the-table")
            .lower_for(too_new, Applicability::Advice, "too-new")
            .lower_for(lost.map(|wrong| wrong.name.clone()), Applicability::Advice, "no-near-name")
            .lower_for(twice(site, cx), Applicability::Advice, "spelled-twice")
            .lower_for(away(), Applicability::Advice, "out-of-reach")
            .keep_for(other, "other-kind")
            .lower_for(unit, Applicability::Advice, "other-unit")
            .lower_for(unseen, Applicability::Advice, "kind-not-seen")
    }

    fn diagnose<'t>(site: &UnknownRuntimeMetricSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let first = &site.wrong[0];
        let others = site.wrong[1..].iter().map(|wrong| (wrong.literal.span(), "and this one".to_owned()));
        let go = cx.go().map_or("Go".to_owned(), |go| format!("Go {go}"));
        let message = match first.meant {
            Meant::Newer(metric) => format!("`{}` exists from Go {} on only", first.name, metric.since),
            _ => format!("{go} has no metric `{}`", first.name),
        };
        let why = match first.meant {
            Meant::Near(metric) => format!(
                "`metrics.Read` leaves the value `KindBad` without a word, and to ask that for a number panics; \
                 `{}` was probably meant, a {}",
                metric.name, metric.kind
            ),
            _ => "`metrics.Read` leaves the value `KindBad` without a word, and to ask that for a number panics; \
                  `metrics.All` lists the names that exist"
                .to_owned(),
        };
        Diagnostic {
            span: first.literal.span(),
            message,
            why,
            severity: Severity::Warning,
            labels: others.collect(),
        }
    }

    fn rewrite<'t>(site: &UnknownRuntimeMetricSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let mut done: Vec<&str> = Vec::new();
        for wrong in &site.wrong {
            let Meant::Near(metric) = wrong.meant else { continue };
            if done.contains(&wrong.name.as_str()) {
                continue;
            }
            done.push(&wrong.name);
            for literal in spellings(&wrong.name, cx) {
                let quote = &literal.text()[..1];
                fix.replace_node(literal, format!("{quote}{}{quote}", metric.name));
            }
        }
    }
}

/// The composite literal whose type the mention is, or is the element of.
fn literal_of(mention: Node<'_>) -> Option<Node<'_>> {
    let mut ancestors = mention.ancestors();
    let outer =
        ancestors.find(|up| !up.is(&[Kind::SliceType, Kind::ArrayType, Kind::ImplicitLengthArrayType]))?;
    let holds = outer.kind() == Kind::CompositeLiteral && outer.ty().is_some_and(|of| of.holds(mention));
    // A list that is empty is filled elsewhere.
    let filled = outer.body().is_some_and(|body| body.named().next().is_some());
    (holds && filled).then_some(outer)
}

/// The string literals that are names of samples in a composite literal, those
/// of constants included.
fn given<'t>(literal: Node<'t>) -> Vec<Node<'t>> {
    let Some(body) = literal.body() else { return Vec::new() };
    // A part of a name, an argument, an element of something else is no name.
    let is_element = |node: &Node<'t>| {
        let mut around = node.ancestors().take_while(|up| *up != body);
        around.all(|up| up.is(&[Kind::LiteralValue, Kind::LiteralElement, Kind::KeyedElement]))
    };
    let mut found = Vec::new();
    for keyed in body.descendants().filter(|node| node.kind() == Kind::KeyedElement).filter(is_element) {
        let mut parts = keyed.named();
        if parts.next().is_some_and(|key| key.text() == "Name")
            && let Some(value) = parts.next()
        {
            found.extend(constant(value));
        }
    }
    // `{"/gc/heap/allocs:bytes", metrics.Value{}}`
    let texts = body.descendants().filter(|node| is_string(*node)).filter(is_element);
    found.extend(texts.filter(|text| table::looks_like_one(&unquoted(text.text()))));
    found
}

/// The names that the declaration around a mention has in assignments to a
/// field `Name` and in lists of strings, when no mention before it saw them.
fn listed<'t>(mention: Node<'t>) -> Vec<Node<'t>> {
    let Some(root) = mention.ancestors().last() else { return Vec::new() };
    let is_mention = |node: &Node<'t>| {
        node.kind() == Kind::QualifiedType
            && is_symbol(*node, SYMBOL.path, SYMBOL.name)
            && literal_of(*node).is_none()
    };
    if root.descendants().find(is_mention) != Some(mention) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for node in root.descendants() {
        match node.kind() {
            Kind::AssignmentStatement => {
                let sets = |left: &Node<'t>| left.field().is_some_and(|field| field.text() == "Name");
                let left = node.left().and_then(|left| left.named().next()).filter(sets);
                let right = node.right().and_then(|right| right.named().next());
                found.extend(left.and(right).and_then(constant));
            }
            Kind::CompositeLiteral => found.extend(strings(node)),
            // A list of names at the top level of the file.
            Kind::Identifier => {
                if let Def::TopLevel(index) = scope::resolve(node)
                    && let Some(root) = node.file().decl(index)
                    && root.named().next().is_some_and(|declared| declared.kind() == Kind::VarDeclaration)
                {
                    let of = root.descendants().filter(|spec| {
                        spec.kind() == Kind::VarSpec
                            && spec.fields(Field::Name).any(|name| name.text() == node.text())
                    });
                    let lists =
                        of.flat_map(Node::descendants).filter(|inner| inner.kind() == Kind::CompositeLiteral);
                    found.extend(lists.flat_map(strings));
                }
            }
            _ => {}
        }
    }
    // What is assigned here may be the name of something else.
    found.retain(|literal| table::begins_like_one(&unquoted(literal.text())));
    found
}

/// The string literals of a `[]string` literal.
fn strings(literal: Node<'_>) -> Vec<Node<'_>> {
    let of = literal.ty().map_or("", Node::text);
    if !matches!(of, "[]string" | "[...]string") {
        return Vec::new();
    }
    literal.descendants().filter(|node| is_string(*node)).collect()
}

/// The string literal that a value is, or that a constant of this name has.
fn constant(value: Node<'_>) -> Option<Node<'_>> {
    let value =
        unparenthesized(if value.kind() == Kind::LiteralElement { value.named().next()? } else { value });
    if is_string(value) {
        return Some(value);
    }
    let spec = match (value.kind() == Kind::Identifier).then(|| scope::resolve(value))? {
        Def::Local(local) => local.name.parent()?,
        Def::TopLevel(index) => value.file().decl(index)?.descendants().find(|spec| {
            spec.kind() == Kind::ConstSpec && spec.fields(Field::Name).any(|name| name.text() == value.text())
        })?,
        _ => return None,
    };
    let names = spec.fields(Field::Name);
    let at = names.into_iter().position(|name| name.text() == value.text())?;
    let given = spec.value().filter(|_| spec.kind() == Kind::ConstSpec)?.named().nth(at)?;
    is_string(given).then_some(given)
}

fn is_string(node: Node<'_>) -> bool {
    node.is(&[Kind::InterpretedStringLiteral, Kind::RawStringLiteral])
}

/// Every string literal of the package that says `name`.
fn spellings<'t>(name: &str, cx: &Cx<'t>) -> Vec<Node<'t>> {
    let says = |file: &&std::sync::Arc<File>| file.may_name(name);
    let mut found = Vec::new();
    for file in cx.package().files().filter(says) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if decl.span.of(file.text()).contains(name) {
                let root = file.decl(index).into_iter();
                let spelled = root.flat_map(Node::descendants).filter(|node| is_string(*node));
                found.extend(spelled.filter(|node| unquoted(node.text()) == name));
            }
        }
    }
    found
}

/// Where a wrong name is the key of a table or stands in a `case`, and the
/// real one does too: both as one would stand there twice.
fn twice(site: &UnknownRuntimeMetricSite<'_>, cx: &Cx<'_>) -> Option<String> {
    let stands_once = |literal: &Node<'_>| {
        literal.ancestors().take(3).any(|up| {
            let key =
                up.kind() == Kind::KeyedElement && up.named().next().is_some_and(|key| key.holds(*literal));
            key || up.kind() == Kind::ExpressionCase
        })
    };
    site.wrong.iter().find_map(|wrong| {
        let Meant::Near(metric) = wrong.meant else { return None };
        let other = spellings(metric.name, cx).into_iter().find(stands_once)?;
        spellings(&wrong.name, cx)
            .iter()
            .any(stands_once)
            .then(|| format!("`{}` on line {}", metric.name, other.line()))
    })
}

/// Whether the package asks which metrics there are, so that a name may be one
/// of a newer Go.
fn checks_what_exists(cx: &Cx<'_>) -> bool {
    const ASKING: &[&str] = &["All", "KindBad", "KindUint64", "KindFloat64", "KindFloat64Histogram"];
    let asks = |node: Node<'_>| ASKING.iter().any(|name| is_symbol(node, SYMBOL.path, name));
    let may = |file: &&std::sync::Arc<File>| ASKING.iter().any(|name| file.may_name(name));
    cx.package().files().filter(may).any(|file| {
        let decls = 0..file.outline().decls.len();
        decls.filter_map(|index| file.decl(index)).any(|root| root.descendants().any(asks))
    })
}
