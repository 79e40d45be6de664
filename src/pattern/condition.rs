//! The conditions of a patch: `where !assigns(mid, ctrl) && inside loop`.

use super::compile::Patch;
use super::matcher::PatternMatch;
use super::types;
use crate::model::effects::effects;
use crate::model::locals;
use crate::model::scope::{self, Def};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
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
    Visible(String, String),
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
    Func(Option<String>, Option<Vec<(String, String)>>),
}

const CALLS: [(&str, Call, usize); 7] = [
    ("pure", Call::Pure, 1),
    ("free", Call::Free, 1),
    ("uses", Call::Uses, 2),
    ("assigns", Call::Assigns, 2),
    ("exits", Call::Exits, 1),
    ("has", Call::Has, 2),
    ("keyed", Call::Keyed, 1),
];

const KNOWN: &str = "pure(x), free(x), uses(stmts, x), assigns(stmts, x), exits(stmts), has(elements, F), keyed(elements), x in (A, B), x matches `re`, len(x) == 2, inside PLACE, test, and name: TYPE";

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

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        self.space();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn or(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.and()?];
        while self.eat("||") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Or(all) })
    }

    fn and(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.eat("&&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let (inner, rest) = self.rest.split_once(')').ok_or("`(` is never closed")?;
        self.rest = rest;
        Ok(inner.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.eat("!") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let inner = self.or()?;
            return if self.eat(")") { Ok(inner) } else { Err("`(` is never closed".to_owned()) };
        }
        let word = self.word();
        match word {
            "" => return Err(format!("`{}` does not begin a condition; there are {KNOWN}", self.rest)),
            "test" => return Ok(Condition::Test),
            "inside" => return Ok(Condition::Inside(self.place()?)),
            "len" => {
                if !self.eat("(") {
                    return Err("write `len(x) == 2`".to_owned());
                }
                let name = self.list()?.join(", ");
                let signs = [
                    ("==", Compare::Equal),
                    ("!=", Compare::NotEqual),
                    ("<=", Compare::AtMost),
                    (">=", Compare::AtLeast),
                    ("<", Compare::Less),
                    (">", Compare::Greater),
                ];
                let sign = signs.iter().find(|(sign, _)| self.eat(sign)).map(|(_, compare)| *compare);
                let number = self.word().parse().ok();
                return match (sign, number) {
                    (Some(sign), Some(number)) => Ok(Condition::Len(name, sign, number)),
                    _ => Err("write `len(x) == 2`".to_owned()),
                };
            }
            _ => {}
        }
        if let Some((_, call, arguments)) = CALLS.iter().find(|(name, ..)| *name == word) {
            if !self.eat("(") {
                return Err(format!("`{word}` needs arguments in parentheses"));
            }
            let list = self.list()?;
            return if list.len() == *arguments {
                Ok(Condition::Call(*call, list))
            } else {
                Err(format!("`{word}` takes {arguments} arguments, not {}", list.len()))
            };
        }
        if self.eat(":") {
            self.space();
            let end = self.rest.find("&&").unwrap_or(self.rest.len());
            let (ty, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(Condition::Visible(word.to_owned(), ty.trim().to_owned()));
        }
        match self.word() {
            "in" if self.eat("(") => Ok(Condition::In(word.to_owned(), self.list()?)),
            "matches" if self.eat("`") => {
                let (inner, rest) =
                    self.rest.split_once('`').ok_or("the expression has no closing back quote")?;
                self.rest = rest;
                let regex = Regex::new(inner)
                    .map_err(|error| format!("`{inner}` is not a regular expression: {error}"))?;
                Ok(Condition::Matches(word.to_owned(), regex))
            }
            _ => Err(format!("`{word}` does not begin a condition; there are {KNOWN}")),
        }
    }

    fn place(&mut self) -> Result<ConditionPlace, String> {
        match self.word() {
            "loop" => Ok(ConditionPlace::Loop),
            "funcliteral" => Ok(ConditionPlace::FuncLiteral),
            "go" => Ok(ConditionPlace::Go),
            "defer" => Ok(ConditionPlace::Defer),
            "func" => {
                let name = self.word();
                let parameters = if self.eat("(") {
                    let list = self.list()?;
                    let pair = |item: &String| {
                        let (name, ty) = item.split_once(' ').unwrap_or((item.as_str(), ""));
                        (name.to_owned(), ty.trim().to_owned())
                    };
                    let dots = list.iter().any(|item| item == "...");
                    (!dots).then(|| list.iter().map(pair).collect())
                } else {
                    None
                };
                Ok(ConditionPlace::Func((!name.is_empty()).then(|| name.to_owned()), parameters))
            }
            other => Err(format!(
                "`{other}` is not a place; there are loop, funcliteral, go, defer, func NAME and func(params)"
            )),
        }
    }
}

/// Where a condition is asked.
pub struct ConditionKind<'a, 't> {
    /// The patch.
    pub patch: &'a Patch,
    /// What it met.
    pub found: &'a PatternMatch<'t>,
    /// Where.
    pub site: Node<'t>,
    /// What is known around it.
    pub cx: &'a Cx<'t>,
}

impl<'t> ConditionKind<'_, 't> {
    fn nodes(&self, name: &str) -> &[Node<'t>] {
        self.patch.var(name).and_then(|(index, _)| self.found.var(index)).unwrap_or_default()
    }

    fn text(&self, name: &str) -> String {
        let nodes = self.nodes(name);
        match (nodes.first(), nodes.last()) {
            (Some(first), Some(last)) => first.file().text()[first.start()..last.end()].to_owned(),
            _ => String::new(),
        }
    }
}

impl Condition {
    /// Reads what stands behind `where`.
    pub fn parse(text: &str) -> Result<Condition, String> {
        let mut reader = Reader { rest: text };
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
            Condition::Visible(own, _) => binds |= own == name,
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                binds |= parameters.iter().any(|(own, _)| own == name);
            }
            _ => {}
        });
        binds
    }

    /// A sentence about a name that the patch does not declare.
    pub fn unknown(&self, patch: &Patch) -> Option<String> {
        let mut unknown = None;
        self.each(&mut |one| {
            let names: Vec<&String> = match one {
                Condition::Call(Call::Has, names) => names.iter().take(1).collect(),
                Condition::Call(_, names) => names.iter().collect(),
                Condition::In(name, _) | Condition::Matches(name, _) | Condition::Len(name, ..) => vec![name],
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
                Err(_) => Ok(()),
                Ok(()) if inner.decides_match() => Err(ConditionFailure::NoMatch),
                Ok(()) => Err(ConditionFailure::Kept("where", self.words())),
            },
            Condition::Call(call, names) => kept(ask(*call, names, asked)),
            Condition::In(name, texts) => no_match(texts.contains(&asked.text(name))),
            Condition::Matches(name, regex) => {
                let text = asked.text(name);
                no_match(regex.is_match(text.trim_matches(['"', '`'])))
            }
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
                if let ConditionPlace::Func(_, Some(parameters)) = place {
                    for ((name, _), own) in parameters.iter().zip(parameter_names(found)) {
                        let visible = matches!(scope::resolve_name(own.text(), asked.site), Def::Local(local) if local.name == own);
                        if !visible {
                            return Err(ConditionFailure::Kept("not-nameable", own.text().to_owned()));
                        }
                        texts.push((name.clone(), own.text().to_owned()));
                    }
                }
                Ok(())
            }
            Condition::Visible(name, ty) => {
                let wanted = types::of_rule(ty, asked.patch);
                let fits = |local: scope::Local<'_>| {
                    types::of_expression(local.name, asked.cx.package()).as_ref() == Some(&wanted)
                };
                let visible = |name: &str| match scope::resolve_name(name, asked.site) {
                    Def::Local(local) => fits(local),
                    _ => false,
                };
                if asked.patch.var(name).is_none() {
                    return if visible(name) {
                        Ok(())
                    } else {
                        Err(ConditionFailure::Kept("no-variable", name.clone()))
                    };
                }
                let functions = asked.site.ancestors().filter(|node| node.is(FUNCTIONS));
                let found = functions
                    .flat_map(|function| parameter_names(function).into_iter().rev())
                    .find(|parameter| visible(parameter.text()));
                match found {
                    Some(own) => {
                        texts.push((name.clone(), own.text().to_owned()));
                        Ok(())
                    }
                    None => Err(ConditionFailure::Kept("no-variable", name.clone())),
                }
            }
        }
    }

    /// Whether a site where it does not hold is none of the rule's.
    fn decides_match(&self) -> bool {
        match self {
            Condition::And(all) | Condition::Or(all) => all.iter().all(Condition::decides_match),
            Condition::Not(inner) => inner.decides_match(),
            Condition::Call(..) | Condition::Visible(..) => false,
            _ => true,
        }
    }

    fn words(&self) -> String {
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
            Condition::Len(name, _, number) => format!("len({name}), {number}"),
            Condition::Inside(_) => "inside".to_owned(),
            Condition::Test => "test".to_owned(),
            Condition::Visible(name, ty) => format!("{name}: {ty}"),
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
        Call::Free => nodes.iter().all(|node| asked.cx.is_free(node.text(), asked.site)),
        Call::Uses => mentions(false),
        Call::Assigns => mentions(true),
        Call::Exits => leaves().any(|leaf| {
            leaf.is(&[
                Kind::ReturnStatement,
                Kind::BreakStatement,
                Kind::ContinueStatement,
                Kind::GotoStatement,
            ])
        }),
        Call::Has => nodes.iter().any(|node| {
            let key = node.child_by_field(Field::Key).or_else(|| node.named().next());
            node.kind() == Kind::KeyedElement && key.is_some_and(|key| key.text() == names[1])
        }),
        Call::Keyed => nodes.iter().all(|node| node.kind() == Kind::KeyedElement),
    }
}

const FUNCTIONS: &[Kind] = &[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FuncLiteral];

fn parameter_names(function: Node<'_>) -> Vec<Node<'_>> {
    let parameters = function.parameters().into_iter().flat_map(Node::named);
    parameters.flat_map(|parameter| parameter.fields(Field::Name).collect::<Vec<_>>()).collect()
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
        ConditionPlace::Loop => node.kind() == Kind::ForStatement,
        ConditionPlace::FuncLiteral => node.kind() == Kind::FuncLiteral,
        ConditionPlace::Go => node.kind() == Kind::GoStatement,
        ConditionPlace::Defer => node.kind() == Kind::DeferStatement,
        ConditionPlace::Func(name, parameters) => {
            let named = name.as_ref().is_none_or(|name| node.name().is_some_and(|own| own.text() == name));
            node.is(FUNCTIONS)
                && named
                && parameters.as_ref().is_none_or(|wanted| takes(*node, wanted, asked))
        }
    })
}

/// Whether a function has exactly these parameters.
fn takes(function: Node<'_>, wanted: &[(String, String)], asked: &ConditionKind<'_, '_>) -> bool {
    let own: Vec<(Node<'_>, Option<String>)> = function
        .parameters()
        .into_iter()
        .flat_map(Node::named)
        .flat_map(|parameter| {
            let ty = parameter.ty().and_then(|ty| types::of_code(ty, asked.cx.package()));
            let names: Vec<Node<'_>> = parameter.fields(Field::Name).collect();
            names.into_iter().map(move |name| (name, ty.clone()))
        })
        .collect();
    own.len() == wanted.len()
        && own.iter().zip(wanted).all(|((_, own), (_, wanted))| {
            own.as_ref().is_some_and(|own| *own == types::of_rule(wanted, asked.patch))
        })
}
