//! The conditions of a patch: `where !assigns(mid, ctrl) && inside loop`.

use super::compile::Patch;
use super::condition_reader::{CALLS, ConditionReader};
use super::guards::TYPE_UNKNOWN;
use super::matcher::{Matcher, PatternMatch, same_code};
use super::parameters::{self, ConditionParameter};
use super::types::RuleType;
use super::visible::{self, VisibleVariable};
use crate::model::constant;
use crate::model::effects::effects;
use crate::model::flow::never_returns;
use crate::model::imports::unparenthesized;
use crate::model::locals;
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, TypeAnswer, TypeAsk};
use crate::syntax::{Field, Kind, Node};
use globset::GlobMatcher;
use regex::Regex;

/// A condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// All of them.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A function of variables: its name, its arguments.
    Call(Call, Vec<String>),
    /// The variable is one of these texts.
    In(String, Vec<String>),
    /// The text of the variable matches.
    Matches(String, Regex),
    /// The number of elements compares with a number.
    Len(String, Compare, usize),
    /// The site stands in such a place.
    Inside(ConditionPlace),
    /// The file is a test.
    Test,
    /// A variable of that name and type is visible.
    Visible(VisibleVariable),
    /// The value of the constant compares with one.
    Value(String, Compare, String),
    /// Each element matches a patch with that label.
    Each(String, String),
    /// The statement before the site matches a patch with that label.
    Follows(String),
    /// The file's path below its module.
    File(GlobMatcher),
    /// Nothing uses what the site gives.
    ResultUnused,
}

/// A question about variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It calls nothing, waits for nothing and cannot panic.
    Pure,
    /// The name means nothing at the site.
    Free,
    /// The run mentions the variable.
    Uses,
    /// The run assigns to the variable.
    Assigns,
    /// The run leaves the function or a loop.
    Exits,
    /// The run has a field of that name.
    Has,
    /// Each element has a key.
    Keyed,
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

/// Where a site may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionPlace {
    /// In a `for`.
    Loop,
    /// In a function literal.
    FuncLiteral,
    /// In a `go` statement.
    Go,
    /// In a `defer` statement.
    Defer,
    /// In a function, of that name if there is one, with those parameters if they are said.
    Func(Option<String>, Option<Vec<ConditionParameter>>),
}

/// What a condition on a text looks at: a literal without its quotes.
pub(super) fn bare_text(text: &str) -> &str {
    text.trim_matches(['"', '`'])
}

impl ConditionPlace {
    fn words(&self) -> String {
        match self {
            ConditionPlace::Loop => "loop".to_owned(),
            ConditionPlace::FuncLiteral => "funcliteral".to_owned(),
            ConditionPlace::Go => "go".to_owned(),
            ConditionPlace::Defer => "defer".to_owned(),
            ConditionPlace::Func(name, parameters) => {
                let name = name.as_ref().map_or(String::new(), |name| format!(" {name}"));
                let list = parameters.as_ref().map_or_else(String::new, |list| {
                    format!("({})", list.iter().map(ConditionParameter::words).collect::<Vec<_>>().join(", "))
                });
                format!("func{name}{list}")
            }
        }
    }
}

/// Why a condition does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionFailure {
    /// The site is none of the rule's.
    NoMatch,
    /// The site is one and is kept: the guard, and what it saw.
    Kept(&'static str, String),
}

/// What a condition finds beside yes or no: names of the new side with their texts.
pub type ConditionTexts = Vec<(String, String)>;

/// Where a condition is asked.
pub struct ConditionKind<'a, 't> {
    /// The patch.
    pub patch: &'a Patch,
    /// What it met.
    pub found: &'a PatternMatch<'t>,
    /// Where.
    pub site: Node<'t>,
    /// The first node of all that was met.
    pub start: Node<'t>,
    /// The patches with a label that conditions look at.
    pub parts: &'a [Patch],
    /// What is known around it.
    pub cx: &'a Cx<'t>,
}

impl<'t> ConditionKind<'_, 't> {
    /// What the variable of that name took.
    pub fn nodes(&self, name: &str) -> &[Node<'t>] {
        self.patch.var(name).and_then(|(index, _)| self.found.var(index)).unwrap_or_default()
    }

    /// The patch with that label that matches a node, and what it met.
    pub fn labelled(&self, label: &str, node: Node<'t>) -> Option<(&Patch, PatternMatch<'t>)> {
        self.parts.iter().filter(|part| part.label.as_deref() == Some(label)).find_map(|part| {
            let old = part.old.as_ref()?;
            let mut matcher = Matcher::at(part, self.cx);
            let roots = old.roots();
            let found = match roots.as_slice() {
                [root] => matcher.whole(*root, inner(*root, node))?,
                roots => matcher.run(roots, &[node]).map(|(found, _)| found)?,
            };
            self.agree(part, &found).then_some((part, found))
        })
    }

    /// Whether variables of the same name took the same code.
    fn agree(&self, part: &Patch, found: &PatternMatch<'t>) -> bool {
        part.vars.iter().enumerate().all(|(index, var)| {
            let (Some(theirs), [own]) = (found.var(index), self.nodes(&var.name)) else { return true };
            matches!(theirs, [their] if same_code(*their, *own))
        })
    }

    fn text(&self, name: &str) -> String {
        let nodes = self.nodes(name);
        match (nodes.first(), nodes.last()) {
            (Some(first), Some(last)) => first.file().text()[first.start()..last.end()].to_owned(),
            _ => String::new(),
        }
    }
}

/// What a guard saw of a variable, and why it is not known.
pub fn seen(name: &str, why: Option<&str>) -> String {
    why.map_or_else(|| name.to_owned(), |why| format!("{name} ({why})"))
}

/// The expression of a statement that is nothing else, for a pattern of an expression.
fn inner<'t>(pattern: Node<'_>, node: Node<'t>) -> Node<'t> {
    let statement = node.kind() == Kind::ExpressionStatement && pattern.kind() != Kind::ExpressionStatement;
    node.named().next().filter(|_| statement).unwrap_or(node)
}

/// The constant value of a variable; nothing where it is none, and an error where nobody
/// knows, with the reason where there is one.
fn value(asked: &ConditionKind<'_, '_>, name: &str) -> Result<Option<String>, Option<String>> {
    let [node] = asked.nodes(name) else { return Ok(None) };
    let bare = unparenthesized(*node);
    match bare.kind() {
        Kind::True | Kind::False | Kind::FloatLiteral => return Ok(Some(bare.text().to_owned())),
        Kind::InterpretedStringLiteral => return Ok(Some(bare.text().to_owned())),
        Kind::Nil | Kind::FuncLiteral | Kind::CompositeLiteral => return Ok(None),
        _ => {}
    }
    if let Some(number) = constant::integer(bare, asked.cx.package()) {
        return Ok(Some(number.to_string()));
    }
    match asked.cx.types(bare.span(), TypeAsk::Constant) {
        Some(TypeAnswer::Value(value)) => Ok(Some(value)),
        Some(TypeAnswer::No | TypeAnswer::Yes) => Ok(None),
        Some(TypeAnswer::Unknown(why)) => Err(Some(why)),
        None => Err(None),
    }
}

/// The number that a literal of Go or of a condition is.
pub fn number(text: &str) -> Option<f64> {
    let plain = text.replace('_', "");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let based = |prefix: &str, base: u32| {
        let digits = digits.strip_prefix(prefix)?;
        u64::from_str_radix(digits, base).ok().map(|number| number as f64)
    };
    let hex =
        based("0x", 16).or_else(|| based("0X", 16)).or_else(|| based("0b", 2)).or_else(|| based("0o", 8));
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    hex.or_else(|| digits.parse().ok()).map(|number| sign * number)
}

impl Compare {
    /// How each is written, the longer before those that begin alike.
    pub const SIGNS: [(&'static str, Compare); 6] = [
        ("==", Compare::Equal),
        ("!=", Compare::NotEqual),
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::Greater),
    ];

    fn word(self) -> &'static str {
        Compare::SIGNS.iter().find(|(_, one)| *one == self).map_or("", |(sign, _)| sign)
    }

    /// Whether two values compare so: numbers as such, others by their text.
    fn holds(self, one: &str, other: &str) -> bool {
        use std::cmp::Ordering;
        let order = match (number(one), number(other)) {
            (Some(one), Some(other)) => one.partial_cmp(&other),
            (None, None) => Some(one.cmp(other)),
            _ => return self == Compare::NotEqual,
        };
        order.is_some_and(|order| match self {
            Compare::Equal => order == Ordering::Equal,
            Compare::NotEqual => order != Ordering::Equal,
            Compare::Less => order == Ordering::Less,
            Compare::Greater => order == Ordering::Greater,
            Compare::AtMost => order != Ordering::Greater,
            Compare::AtLeast => order != Ordering::Less,
        })
    }
}

impl Condition {
    /// Reads what stands behind `where`.
    pub fn parse(text: &str) -> Result<Condition, String> {
        let mut reader = ConditionReader { rest: text };
        let condition = reader.or()?;
        reader.space();
        if reader.rest.is_empty() {
            Ok(condition)
        } else {
            Err(format!("`{}` cannot follow a condition", reader.rest))
        }
    }

    fn each(&self, take: &mut dyn FnMut(&Condition)) {
        take(self);
        match self {
            Condition::And(all) | Condition::Or(all) => all.iter().for_each(|one| one.each(take)),
            Condition::Not(inner) => inner.each(take),
            _ => {}
        }
    }

    /// Whether it says what `name` is on the new side.
    pub fn binds(&self, name: &str) -> bool {
        let mut binds = false;
        self.each(&mut |one| match one {
            Condition::Visible(own) => binds |= own.name == name,
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                binds |= parameters.iter().any(|own| own.named() == Some(name));
            }
            _ => {}
        });
        binds
    }

    /// The parameters of the functions around that it names.
    pub fn parameters(&self) -> Vec<String> {
        match self {
            Condition::And(all) => all.iter().flat_map(Condition::parameters).collect(),
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                parameters.iter().filter_map(|own| own.named().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Reads the types that it names.
    ///
    /// # Errors
    /// A sentence about a type that cannot be read.
    pub fn bind(&mut self, patch: &Patch) -> Result<(), String> {
        match self {
            Condition::And(all) | Condition::Or(all) => all.iter_mut().try_for_each(|one| one.bind(patch)),
            Condition::Not(inner) => inner.bind(patch),
            Condition::Visible(variable) => {
                variable.wanted = Some(RuleType::of(&variable.ty, patch)?);
                Ok(())
            }
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                parameters.iter_mut().try_for_each(|parameter| parameter.bind(patch))
            }
            _ => Ok(()),
        }
    }

    /// The texts that it allows the variable, where it lists them: `x in (A, B)`.
    pub fn listed(&self, variable: &str) -> Option<Vec<String>> {
        match self {
            Condition::In(name, texts) if name == variable => Some(texts.clone()),
            Condition::And(all) => all.iter().find_map(|one| one.listed(variable)),
            _ => None,
        }
    }

    /// The variable that has to be visible, and its type: `ctx: T`.
    pub fn visible(&self) -> Option<(&str, &str)> {
        match self {
            Condition::Visible(variable) => Some((&variable.name, &variable.ty)),
            _ => None,
        }
    }

    /// The variable and what is written where none is visible: `ctx: T or TEXT`.
    pub fn default_text(&self) -> Option<(&str, &str)> {
        match self {
            Condition::Visible(variable) => Some((variable.name.as_str(), variable.default.as_deref()?)),
            Condition::And(all) => all.iter().find_map(Condition::default_text),
            _ => None,
        }
    }

    /// The labels of the patches that it looks at.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = Vec::new();
        self.each(&mut |one| match one {
            Condition::Each(_, label) | Condition::Follows(label) => labels.push(label.clone()),
            _ => {}
        });
        labels
    }

    /// The runs whose elements a patch with that label rewrites.
    pub fn rewritten(&self) -> Vec<(&str, &str)> {
        match self {
            Condition::And(all) => all.iter().flat_map(Condition::rewritten).collect(),
            Condition::Each(run, label) => vec![(run.as_str(), label.as_str())],
            _ => Vec::new(),
        }
    }

    /// A sentence about a name that the patch does not declare.
    pub fn unknown(&self, patch: &Patch) -> Option<String> {
        let mut unknown = None;
        self.each(&mut |one| {
            let names: Vec<&String> = match one {
                Condition::Call(Call::Has, names) => names.iter().take(1).collect(),
                // A name that the new side brings need not be a variable.
                Condition::Call(Call::Free, _) => Vec::new(),
                Condition::Call(_, names) => names.iter().collect(),
                Condition::In(name, _)
                | Condition::Matches(name, _)
                | Condition::Len(name, ..)
                | Condition::Value(name, ..)
                | Condition::Each(name, _) => vec![name],
                _ => Vec::new(),
            };
            for name in names.into_iter().filter(|name| patch.var(name).is_none()) {
                unknown.get_or_insert(format!("`{name}` is not a variable of the rule"));
            }
        });
        unknown
    }

    /// Whether it holds; what it finds goes to `texts`.
    pub fn holds(
        &self,
        asked: &ConditionKind<'_, '_>,
        texts: &mut ConditionTexts,
    ) -> Result<(), ConditionFailure> {
        self.holds_within(asked, texts, None)
    }

    /// The words of the part by which a site is none of the rule's.
    pub fn unmet(&self, asked: &ConditionKind<'_, '_>) -> Option<String> {
        let fails = |one: &Condition| {
            matches!(one.holds(asked, &mut ConditionTexts::new()), Err(ConditionFailure::NoMatch))
        };
        match self {
            Condition::And(all) if fails(self) => {
                Some(all.iter().find(|one| fails(one)).unwrap_or(self).words())
            }
            _ => fails(self).then(|| self.words()),
        }
    }

    fn holds_within(
        &self,
        asked: &ConditionKind<'_, '_>,
        texts: &mut ConditionTexts,
        outer: Option<Node<'_>>,
    ) -> Result<(), ConditionFailure> {
        let no_match = |holds: bool| if holds { Ok(()) } else { Err(ConditionFailure::NoMatch) };
        let kept = |holds: bool| {
            if holds { Ok(()) } else { Err(ConditionFailure::Kept("where", self.words())) }
        };
        match self {
            Condition::And(all) => {
                // What is not inside something is asked between the site and what it is in.
                let found = all.iter().find_map(|one| match one {
                    Condition::Inside(place) => inside(place, asked, outer),
                    _ => None,
                });
                let within = found.or(outer);
                let mut failed = None;
                for one in all {
                    let within = if matches!(one, Condition::Inside(_)) { outer } else { within };
                    match one.holds_within(asked, texts, within) {
                        Err(ConditionFailure::NoMatch) => return Err(ConditionFailure::NoMatch),
                        Err(failure) => drop(failed.get_or_insert(failure)),
                        Ok(()) => {}
                    }
                }
                failed.map_or(Ok(()), Err)
            }
            Condition::Or(all) => {
                let mut failed = ConditionFailure::NoMatch;
                for one in all {
                    match one.holds_within(asked, texts, outer) {
                        Ok(()) => return Ok(()),
                        Err(ConditionFailure::NoMatch) => {}
                        Err(failure) => failed = failure,
                    }
                }
                Err(failed)
            }
            Condition::Not(inner) => match inner.holds_within(asked, &mut Vec::new(), outer) {
                // What nobody knows is not known to be false.
                Err(ConditionFailure::Kept(TYPE_UNKNOWN, saw)) => {
                    Err(ConditionFailure::Kept(TYPE_UNKNOWN, saw))
                }
                Err(_) => Ok(()),
                Ok(()) if inner.decides_match() => Err(ConditionFailure::NoMatch),
                Ok(()) => Err(ConditionFailure::Kept("where", self.words())),
            },
            Condition::Call(call, names) => kept(ask(*call, names, asked)),
            Condition::In(name, texts) => no_match(texts.contains(&asked.text(name))),
            Condition::Matches(name, regex) => no_match(regex.is_match(bare_text(&asked.text(name)))),
            Condition::Len(name, sign, number) => {
                let length = asked.nodes(name).len();
                no_match(match sign {
                    Compare::Equal => length == *number,
                    Compare::NotEqual => length != *number,
                    Compare::Less => length < *number,
                    Compare::Greater => length > *number,
                    Compare::AtMost => length <= *number,
                    Compare::AtLeast => length >= *number,
                })
            }
            Condition::Test => no_match(asked.cx.file.is_test()),
            Condition::Inside(place) => {
                let Some(found) = inside(place, asked, outer) else { return Err(ConditionFailure::NoMatch) };
                if let ConditionPlace::Func(_, Some(wanted)) = place {
                    let own = parameters::of(found, wanted, asked).unwrap_or_default();
                    for (parameter, own) in own {
                        let visible = matches!(scope::resolve_name(own.text(), asked.site), Def::Local(local) if local.name == own);
                        if !visible {
                            return Err(ConditionFailure::Kept("not-nameable", own.text().to_owned()));
                        }
                        texts.push((parameter.name.clone(), own.text().to_owned()));
                    }
                }
                Ok(())
            }
            Condition::Visible(variable) => {
                let found = visible::find(variable, asked)?;
                texts.extend(found.map(|own| (variable.name.clone(), own)));
                Ok(())
            }
            Condition::Value(name, sign, wanted) => match value(asked, name) {
                Ok(Some(found)) => no_match(sign.holds(&found, wanted)),
                Ok(None) => Err(ConditionFailure::NoMatch),
                Err(why) => Err(ConditionFailure::Kept(TYPE_UNKNOWN, seen(name, why.as_deref()))),
            },
            Condition::Each(name, label) => {
                let nodes = asked.nodes(name);
                let other = nodes.iter().find(|node| asked.labelled(label, **node).is_none());
                match other {
                    None => Ok(()),
                    Some(_) => Err(ConditionFailure::Kept("where", self.words())),
                }
            }
            Condition::Follows(label) => {
                let statement = std::iter::once(asked.site)
                    .chain(asked.site.ancestors())
                    .find(|node| node.parent().is_some_and(|up| up.kind() == Kind::StatementList));
                let before = statement.and_then(Node::previous_named);
                no_match(before.is_some_and(|before| asked.labelled(label, before).is_some()))
            }
            Condition::File(glob) => {
                let path = asked.cx.around.path_in_module();
                no_match(path.is_some_and(|path| glob.is_match(path)))
            }
            Condition::ResultUnused => {
                let whole = asked.start;
                let around = whole.ancestors().find(|node| node.kind() != Kind::ParenthesizedExpression);
                let drops = [Kind::ExpressionStatement, Kind::GoStatement, Kind::DeferStatement];
                kept(whole.is(&drops) || around.is_some_and(|around| around.is(&drops)))
            }
        }
    }

    /// Whether a site where it does not hold is none of the rule's.
    fn decides_match(&self) -> bool {
        match self {
            Condition::And(all) | Condition::Or(all) => all.iter().all(Condition::decides_match),
            Condition::Not(inner) => inner.decides_match(),
            Condition::Call(..) | Condition::Visible(..) | Condition::Each(..) | Condition::ResultUnused => {
                false
            }
            _ => true,
        }
    }

    /// It as the rule writes it.
    pub fn words(&self) -> String {
        match self {
            Condition::And(all) => all.iter().map(Condition::words).collect::<Vec<_>>().join(" && "),
            Condition::Or(all) => all.iter().map(Condition::words).collect::<Vec<_>>().join(" || "),
            Condition::Not(inner) => format!("!{}", inner.words()),
            Condition::Call(call, names) => {
                let name = CALLS.iter().find(|(_, known, _)| known == call).map_or("", |(name, ..)| name);
                format!("{name}({})", names.join(", "))
            }
            Condition::In(name, texts) => format!("{name} in ({})", texts.join(", ")),
            Condition::Matches(name, regex) => format!("{name} matches `{regex}`"),
            Condition::Len(name, sign, number) => format!("len({name}) {} {number}", sign.word()),
            Condition::Value(name, sign, value) => format!("value({name}) {} {value}", sign.word()),
            Condition::Inside(place) => format!("inside {}", place.words()),
            Condition::Test => "test".to_owned(),
            Condition::Visible(variable) => format!("{}: {}", variable.name, variable.ty),
            Condition::Each(name, label) => format!("each({name}, {label})"),
            Condition::Follows(label) => format!("follows {label}"),
            Condition::File(glob) => format!("file \"{}\"", glob.glob()),
            Condition::ResultUnused => "result unused".to_owned(),
        }
    }
}

fn ask(call: Call, names: &[String], asked: &ConditionKind<'_, '_>) -> bool {
    let nodes = asked.nodes(&names[0]);
    let leaves = || nodes.iter().flat_map(|node| node.descendants());
    let mentions = |write: bool| {
        let wanted = asked.nodes(&names[1]).first().copied();
        leaves().any(|leaf| {
            leaf.kind() == Kind::Identifier
                && wanted.is_some_and(|wanted| {
                    leaf.text() == wanted.text() && scope::resolve(leaf) == scope::resolve(wanted)
                })
                && (!write || locals::is_written(leaf) || locals::gives_address(leaf))
        })
    };
    match call {
        Call::Pure => nodes.iter().all(|node| effects(*node, asked.cx.package()).is_pure()),
        Call::Free if asked.patch.var(&names[0]).is_none() => asked.cx.is_free(&names[0], asked.site),
        Call::Free => nodes.iter().all(|node| asked.cx.is_free(node.text(), asked.site)),
        Call::Uses => mentions(false),
        Call::Assigns => mentions(true),
        Call::Exits => {
            let package = asked.cx.package();
            nodes.iter().any(|node| node.descendants().any(|jump| jumps_out(jump, *node, package)))
        }
        Call::Has => nodes.iter().any(|node| {
            if node.kind() == Kind::FieldDeclaration {
                return declares_field(*node, &names[1]);
            }
            let key = node.child_by_field(Field::Key).or_else(|| node.named().next());
            node.kind() == Kind::KeyedElement && key.is_some_and(|key| key.text() == names[1])
        }),
        Call::Keyed => nodes.iter().all(|node| node.kind() == Kind::KeyedElement),
    }
}

/// Whether a statement somewhere in `whole` leaves it by another way than its end.
fn jumps_out(jump: Node<'_>, whole: Node<'_>, package: &Package) -> bool {
    let within = |kinds: &[Kind]| {
        let around = jump.ancestors().take_while(|up| whole.span().covers(up.span()));
        around.into_iter().any(|up| up.is(kinds))
    };
    let literal = within(&[Kind::FuncLiteral]);
    let labelled = jump.child(Kind::LabelName).is_some_and(|label| {
        let named = |up: Node<'_>| up.child(Kind::LabelName).is_some_and(|own| own.text() == label.text());
        !whole.descendants().any(|up| up.kind() == Kind::LabeledStatement && named(up))
    });
    let plain = jump.child(Kind::LabelName).is_none();
    match jump.kind() {
        Kind::ReturnStatement => !literal,
        Kind::CallExpression => !literal && never_returns(jump, package),
        Kind::GotoStatement => !literal && labelled,
        Kind::ContinueStatement => !literal && (labelled || plain && !within(&[Kind::ForStatement])),
        Kind::BreakStatement => {
            let ends = [
                Kind::ForStatement,
                Kind::SelectStatement,
                Kind::ExpressionSwitchStatement,
                Kind::TypeSwitchStatement,
            ];
            !literal && (labelled || plain && !within(&ends))
        }
        _ => false,
    }
}

/// Whether the field of a struct, or what it embeds, is called so.
fn declares_field(field: Node<'_>, wanted: &str) -> bool {
    let mut names = field.fields(Field::Name).peekable();
    if names.peek().is_none() {
        let embedded = field.ty().map(Node::text).unwrap_or_default();
        let embedded = embedded.split('[').next().unwrap_or_default();
        return embedded.rsplit(['.', '*']).next() == Some(wanted);
    }
    names.any(|name| name.text() == wanted)
}

const FUNCTIONS: &[Kind] = &[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral];

/// Whether the loop evaluates `site` once, before its first round: what it begins with, or what
/// it ranges over.
fn runs_once(site: Node<'_>, around: Node<'_>) -> bool {
    let header = around.named().next();
    let once = header.and_then(|header| match header.kind() {
        Kind::ForClause => header.initializer(),
        Kind::RangeClause => header.right(),
        _ => None,
    });
    once.is_some_and(|once| once.span().covers(site.span()))
}

/// The innermost such place around the site, no further out than `outer`.
fn inside<'t>(
    place: &ConditionPlace,
    asked: &ConditionKind<'_, 't>,
    outer: Option<Node<'_>>,
) -> Option<Node<'t>> {
    let limit = outer.map(|outer| outer.span());
    let near = asked.site.ancestors().take_while(|node| limit.is_none_or(|limit| node.span() != limit));
    near.filter(|node| node.kind() != Kind::SourceFile).find(|node| match place {
        ConditionPlace::Loop => node.kind() == Kind::ForStatement && !runs_once(asked.site, *node),
        ConditionPlace::FuncLiteral => node.kind() == Kind::FuncLiteral,
        ConditionPlace::Go => node.kind() == Kind::GoStatement,
        ConditionPlace::Defer => node.kind() == Kind::DeferStatement,
        ConditionPlace::Func(name, parameters) => {
            let named = name.as_ref().is_none_or(|name| node.name().is_some_and(|own| own.text() == name));
            node.is(FUNCTIONS)
                && named
                && parameters.as_ref().is_none_or(|wanted| parameters::of(*node, wanted, asked).is_some())
        }
    })
}
