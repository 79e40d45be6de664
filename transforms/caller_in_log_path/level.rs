//! The condition under which a line of a log reports an error.

use super::logger::level_parameter;
use crate::model::constant::integer;
use crate::model::imports::{callee, is_symbol};
use crate::model::locals::{gives_address, is_written};
use crate::model::scope::{self, Def, LocalKind};
use crate::model::words::words;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// The condition in terms of the level that `function` is given; `None` when the
/// order of its levels is not known.
pub(super) fn at_error<'t>(call: Node<'t>, function: Node<'t>, cx: &Cx<'t>) -> Option<String> {
    let level = level_parameter(function, call)?;
    let Def::Local(local) = scope::resolve(level) else { return None };
    // Shadowed, or not what the caller gave.
    let same = matches!(scope::resolve_name(level.text(), call), Def::Local(found) if found == local);
    let mentions = scope::mentions(local);
    if local.kind != LocalKind::Param
        || !same
        || mentions.iter().any(|mention| is_written(*mention) || gives_address(*mention))
    {
        return None;
    }
    let of = level.parent()?.ty()?;
    if is_symbol(of, "log/slog", "Level") {
        let error = cx.qualified("log/slog", "LevelError", call)?;
        return Some(format!("{} >= {error}", level.text()));
    }
    let mut compared = mentions.into_iter().filter_map(against).flatten();
    compared.find_map(|constant| {
        let (error, rising) = order(constant, cx)?;
        let hidden = matches!(scope::resolve_name(error, call), Def::Local(_) | Def::Import(_));
        let operator = if rising { ">=" } else { "<=" };
        (!hidden).then(|| format!("{} {operator} {error}", level.text()))
    })
}

/// What a mention of the level is compared to: the other side of a comparison, or
/// the cases of a switch.
fn against(mention: Node<'_>) -> Option<Vec<Node<'_>>> {
    let parent = mention.parent()?;
    match parent.kind() {
        Kind::BinaryExpression => {
            let operator = parent.operator()?.kind();
            let compares = matches!(
                operator,
                Kind::Less
                    | Kind::LessOrEqual
                    | Kind::Greater
                    | Kind::GreaterOrEqual
                    | Kind::Equal
                    | Kind::NotEqual
            );
            let sides = [parent.left()?, parent.right()?];
            let other = sides.into_iter().find(|side| *side != mention)?;
            (compares && other.kind() == Kind::Identifier).then(|| vec![other])
        }
        Kind::ExpressionSwitchStatement if parent.value() == Some(mention) => {
            let cases = parent.named().filter(|clause| clause.kind() == Kind::ExpressionCase);
            let values = cases.filter_map(|clause| clause.value()).flat_map(Node::named);
            Some(values.filter(|value| value.kind() == Kind::Identifier).collect())
        }
        _ => None,
    }
}

/// The name of the error level among the constants that are declared with
/// `constant`, and whether more severe ones are greater.
fn order<'t>(constant: Node<'t>, cx: &Cx<'t>) -> Option<(&'t str, bool)> {
    if matches!(scope::resolve(constant), Def::Local(_) | Def::Import(_)) {
        return None;
    }
    let declared = match cx.package().declarations(constant.text())[..] {
        [only] => only,
        _ => return None,
    };
    let group = declared.ancestors().find(|up| up.kind() == Kind::ConstDeclaration).unwrap_or(declared);
    let specs: Vec<Node<'t>> = group.descendants().filter(|node| node.kind() == Kind::ConstSpec).collect();
    let values = values(&specs, cx)?;
    let speaks = |name: &str, of: &[&str]| words(name).iter().any(|word| of.contains(&word.as_str()));
    let of = |of: &[&str]| {
        values.iter().filter(|(name, _)| speaks(name, of)).copied().collect::<Vec<(&'t str, i64)>>()
    };
    let [(error, at)] = of(&["error", "err"])[..] else { return None };
    // A constant of another type could not stand in its place.
    if declared_type(&specs, error) != declared_type(&specs, constant.text()) {
        return None;
    }
    let milder = of(&["debug", "info", "warn", "warning", "trace", "notice", "verbose"]);
    let graver = of(&["fatal", "panic", "critical", "crit", "alert", "emergency", "emerg"]);
    if milder.is_empty() || !values.iter().any(|(name, _)| *name == constant.text()) {
        return None;
    }
    let rising = milder.iter().all(|(_, value)| *value < at) && graver.iter().all(|(_, value)| *value > at);
    let falling = milder.iter().all(|(_, value)| *value > at) && graver.iter().all(|(_, value)| *value < at);
    (rising || falling).then_some((error, rising))
}

/// The type that the constant `name` is declared with, by its spec or by the one that it
/// repeats: `Level` in `Debug Level = iota` and in `Debug = Level(iota)`.
fn declared_type<'t>(specs: &[Node<'t>], name: &str) -> Option<&'t str> {
    let own = specs.iter().position(|spec| spec.name().is_some_and(|it| it.text() == name))?;
    let spec = specs[..=own].iter().rev().find(|spec| spec.value().is_some())?;
    let converts = || spec.value()?.named().next().and_then(callee);
    spec.ty().or_else(converts).map(Node::text)
}

/// The constants of one group with their values: integers that are written out, or
/// counted by `iota`.
fn values<'t>(specs: &[Node<'t>], cx: &Cx<'t>) -> Option<Vec<(&'t str, i64)>> {
    let mut found = Vec::new();
    let mut repeated: Option<Counted> = None;
    for (index, spec) in specs.iter().enumerate() {
        let names: Vec<Node<'t>> = spec.fields(Field::Name).collect();
        let [name] = names[..] else { return None };
        let iota = i64::try_from(index).ok()?;
        if let Some(list) = spec.value() {
            let value = list.named().next()?;
            repeated = Counted::of(value);
            if repeated.is_none() {
                found.push((name.text(), integer(value, cx.package())?));
                continue;
            }
        }
        found.push((name.text(), repeated?.at(iota)));
    }
    Some(found)
}

/// `iota`, `iota + 1`, `-iota`: what a spec without a value repeats.
#[derive(Clone, Copy)]
struct Counted {
    factor: i64,
    offset: i64,
}

impl Counted {
    fn of(value: Node<'_>) -> Option<Counted> {
        let text: String = value.text().chars().filter(|c| !c.is_whitespace()).collect();
        // A conversion to the type of the levels.
        let inner = text.split_once('(').and_then(|(of, rest)| {
            let name = !of.is_empty() && of.chars().all(|c| c.is_alphanumeric() || c == '_');
            rest.strip_suffix(')').filter(|_| name)
        });
        let text = inner.unwrap_or(&text);
        let (factor, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let rest = rest.strip_prefix("iota")?;
        let offset = if rest.is_empty() { 0 } else { rest.parse().ok()? };
        Some(Counted { factor, offset })
    }

    fn at(self, iota: i64) -> i64 {
        self.factor * iota + self.offset
    }
}
