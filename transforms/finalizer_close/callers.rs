//! Who gets an object that a finalizer closes, and whether they close it.

use super::Cx;
use super::keeper::keeps;
use crate::model::effects::function_of;
use crate::model::fields::spelled;
use crate::model::imports::{callee, is_symbol, parenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::finalizer::FinalizerSetting;

/// What is seen of the callers of a constructor.
#[derive(Default)]
pub(super) struct Callers {
    /// The places where nobody is seen to close the object.
    pub(super) open: Vec<String>,
    /// Where the constructor is a value, so that its callers cannot be seen.
    pub(super) value: Option<String>,
}

/// Follows the object of `setting` to all that get it. Its methods of these names close it.
pub(super) fn callers<'t>(setting: &FinalizerSetting<'t>, closing: &[&str], cx: &Cx<'t>) -> Callers {
    let mut walk =
        CallerWalk { package: cx.package(), cx, closing, seen: Vec::new(), found: Callers::default() };
    let (Some(function), Def::Local(object)) = (function_of(setting.call), scope::resolve(setting.object))
    else {
        return walk.found;
    };
    walk.constructor(object, function);
    walk.found
}

struct CallerWalk<'a, 't> {
    package: &'t Package,
    cx: &'a Cx<'t>,
    closing: &'a [&'a str],
    /// The functions that give the object to their callers.
    seen: Vec<Node<'t>>,
    found: Callers,
}

impl<'t> CallerWalk<'_, 't> {
    /// What becomes of an object that `function` has made or finished: only what it gives back
    /// and what it was given is followed, as it may well keep the object itself.
    fn constructor(&mut self, object: Local<'t>, function: Node<'t>) {
        match object.kind {
            LocalKind::Receiver | LocalKind::Param => self.unfollowed(function),
            _ => {
                if let Some(index) = returned(object, function) {
                    self.callers_of(function, index);
                }
            }
        }
    }

    /// The object comes from a caller that has made it before.
    fn unfollowed(&mut self, function: Node<'t>) {
        if let Some(call) = self.calls(function).into_iter().next() {
            self.open(call, "hands it over");
        }
    }

    fn open(&mut self, at: Node<'t>, what: &str) {
        let file = at.file().path().file_name().unwrap_or_default().to_string_lossy();
        let line = format!("line {} of {file} {what}", at.line());
        if !self.found.open.contains(&line) {
            self.found.open.push(line);
        }
    }

    /// The calls of the function in the package, tests left out; what names it otherwise is
    /// noted as a value.
    fn calls(&mut self, function: Node<'t>) -> Vec<Node<'t>> {
        let Some(name) = function.name() else {
            self.found
                .value
                .get_or_insert_with(|| format!("line {} is in a function value", function.line()));
            return Vec::new();
        };
        let Ok(places) = spelled(name.text(), self.package) else {
            self.found.open.push("a declaration with broken syntax may".into());
            return Vec::new();
        };
        let method = function.kind() == Kind::MethodDeclaration;
        let mut calls = Vec::new();
        for place in places.into_iter().filter(|place| *place != name && !place.file().is_test()) {
            let selected = place
                .parent()
                .filter(|up| up.kind() == Kind::SelectorExpression && up.field() == Some(place));
            let ours = match selected {
                Some(_) => method,
                None => !method && matches!(scope::resolve(place), Def::TopLevel(_) | Def::Outside),
            };
            let called = parenthesized(selected.unwrap_or(place));
            let key = place.parent().is_some_and(|up| {
                up.kind() == Kind::LiteralElement
                    && up.parent().is_some_and(|pair| {
                        pair.kind() == Kind::KeyedElement && pair.named().next() == Some(up)
                    })
            });
            let declares = place.parent().is_some_and(|up| up.name() == Some(place));
            if !ours || key || declares {
                continue;
            }
            match called.parent().filter(|call| callee(*call) == Some(called)) {
                Some(call) => calls.push(call),
                None => {
                    let file = place.file().path().file_name().unwrap_or_default().to_string_lossy();
                    let seen = format!("line {} of {file} uses `{}` as a value", place.line(), name.text());
                    self.found.value.get_or_insert(seen);
                }
            }
        }
        if name.text().starts_with(char::is_uppercase)
            && let Some(place) = self.cx.around.called_elsewhere(name.text())
        {
            self.found.open.push(format!("{place}, in another package, names a `{}`", name.text()));
        }
        calls
    }

    /// Looks at what the callers do with the result number `index`.
    fn callers_of(&mut self, function: Node<'t>, index: usize) {
        if self.seen.contains(&function) {
            return;
        }
        self.seen.push(function);
        for call in self.calls(function) {
            self.result(call, index);
        }
    }

    /// What becomes of result number `index` of a call.
    fn result(&mut self, call: Node<'t>, index: usize) {
        let whole = parenthesized(call);
        let Some(up) = whole.parent() else { return };
        match up.kind() {
            Kind::ExpressionList if self.shared(whole) => {}
            Kind::ExpressionList => {
                let Some(owner) = up.parent() else { return };
                let at = up.named().position(|value| value == whole).unwrap_or(0);
                // Several results have the statement to themselves.
                let index = if up.named().count() == 1 { index } else { at };
                match owner.kind() {
                    Kind::ReturnStatement => self.given_back(call, index),
                    Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
                        let target = owner.left().and_then(|left| left.named().nth(index));
                        self.target(call, target);
                    }
                    Kind::VarSpec => self.target(call, owner.fields(Field::Name).nth(index)),
                    _ => self.open(call, "drops it"),
                }
            }
            Kind::ReturnStatement => self.given_back(call, index),
            Kind::SelectorExpression
                if up.field().is_some_and(|name| self.closing.contains(&name.text())) => {}
            Kind::LiteralElement => self.element(call, up),
            Kind::ArgumentList if self.shared(whole) => {}
            Kind::ArgumentList => self.open(call, "hands it on"),
            _ => self.open(call, "never closes it"),
        }
    }

    /// Notes that something keeps the value `at` for a time that nobody knows.
    fn shared(&mut self, at: Node<'t>) -> bool {
        let kept = keeps(at, self.package);
        let found = kept.is_some();
        self.found.value = self.found.value.take().or(kept);
        found
    }

    fn given_back(&mut self, at: Node<'t>, index: usize) {
        match function_of(at) {
            Some(function) => self.callers_of(function, index),
            None => self.open(at, "hands it on"),
        }
    }

    /// What becomes of the object in `target`.
    fn target(&mut self, call: Node<'t>, target: Option<Node<'t>>) {
        let Some(target) = target else { return self.open(call, "drops it") };
        if target.kind() == Kind::SelectorExpression {
            let name = target.field().map_or("", Node::text);
            return self.field(call, name);
        }
        match scope::resolve(target) {
            Def::Local(object) if target.text() != "_" => self.variable(call, object),
            Def::TopLevel(_) | Def::Outside if target.kind() == Kind::Identifier && target.text() != "_" => {
                self.field(call, target.text());
            }
            _ => self.open(call, "drops it"),
        }
    }

    /// What becomes of the object in the element of a literal.
    fn element(&mut self, at: Node<'t>, element: Node<'t>) {
        let pair = element.parent().filter(|pair| pair.kind() == Kind::KeyedElement);
        match pair.and_then(|pair| pair.named().next()).filter(|key| *key != element) {
            Some(key) => self.field(at, key.text()),
            None => self.open(at, "hands it on"),
        }
    }

    /// The object is in a field, or a variable of the package: somebody has to close that.
    fn field(&mut self, at: Node<'t>, name: &str) {
        let closes = |place: Node<'t>| {
            let owner = place.parent().filter(|up| up.field() == Some(place)).unwrap_or(place);
            self.is_closed(owner)
        };
        let closed = spelled(name, self.package)
            .is_ok_and(|places| places.into_iter().filter(|place| !place.file().is_test()).any(closes));
        if !closed {
            self.open(at, "keeps it, and nothing closes it there");
        }
    }

    /// Whether a closing method of `object` is named.
    fn is_closed(&self, object: Node<'t>) -> bool {
        let whole = parenthesized(object);
        whole.parent().is_some_and(|up| {
            up.kind() == Kind::SelectorExpression
                && up.operand() == Some(whole)
                && up.field().is_some_and(|name| self.closing.contains(&name.text()))
        })
    }

    /// What becomes of the object in a local variable of a caller.
    fn variable(&mut self, call: Node<'t>, object: Local<'t>) {
        let mentions = scope::mentions(object);
        if mentions.iter().any(|mention| self.is_closed(*mention)) {
            return;
        }
        let function = function_of(call);
        if let Some((function, index)) = function.and_then(|it| Some((it, returned(object, it)?))) {
            return self.callers_of(function, index);
        }
        if mentions.iter().any(|mention| self.shared(*mention)) {
            return;
        }
        for mention in mentions {
            let whole = parenthesized(mention);
            let Some(up) = whole.parent() else { continue };
            match up.kind() {
                Kind::LiteralElement => return self.element(call, up),
                Kind::ExpressionList if up.field_name() == Some(Field::Right) => {
                    let index = up.named().position(|value| value == whole).unwrap_or(0);
                    let owner = up.parent().filter(|owner| owner.kind() == Kind::AssignmentStatement);
                    let target =
                        owner.and_then(|owner| owner.left()).and_then(|left| left.named().nth(index));
                    if let Some(name) = target.and_then(|target| target.field()) {
                        return self.field(call, name.text());
                    }
                }
                Kind::ArgumentList => {
                    let called = up.parent().and_then(callee);
                    let neutral = called.is_some_and(|called| {
                        is_symbol(called, "runtime", "KeepAlive")
                            || is_symbol(called, "runtime", "SetFinalizer")
                    });
                    if !neutral {
                        return self.open(call, "hands it on");
                    }
                }
                _ => {}
            }
        }
        self.open(call, "never closes it");
    }
}

/// The number of the result of `function` that `object` is given back as.
fn returned<'t>(object: Local<'t>, function: Node<'t>) -> Option<usize> {
    if object.kind == LocalKind::Result {
        let results = function.result()?;
        let mut names = results.descendants().filter(|node| node.kind() == Kind::Identifier);
        return names.position(|name| name == object.name);
    }
    scope::mentions(object).into_iter().find_map(|mention| {
        let whole = parenthesized(mention);
        let list = whole.parent().filter(|up| up.kind() == Kind::ExpressionList)?;
        list.parent()
            .filter(|up| up.kind() == Kind::ReturnStatement && function_of(*up) == Some(function))?;
        list.named().position(|value| value == whole)
    })
}
