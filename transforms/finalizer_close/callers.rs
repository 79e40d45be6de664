//! Who gets an object that a finalizer closes, and whether they close it.

use super::keeper::keeps;
use crate::model::effects::function_of;
use crate::model::fields::spelled;
use crate::model::imports::{arguments, callee, is_dot_imported, is_symbol, package_of, parenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local, LocalKind};
use crate::rewrite::Cx;
use crate::syntax::{Field, File, Kind, Node};
use crate::transforms::shared::finalizer::FinalizerSetting;
use std::borrow::Cow;

/// What is seen of the callers of a constructor.
#[derive(Default)]
pub(super) struct Callers {
    /// The places where nobody is seen to close the object.
    pub(super) open: Vec<String>,
    /// Where the constructor is a value, so that its callers cannot be seen.
    pub(super) value: Option<String>,
    /// The exported constructor that nothing in the module calls.
    pub(super) uncalled: Option<String>,
}

/// How many packages are gone through that hand the object on to each other.
const PACKAGES: usize = 4;

/// Follows the object of `setting` to all that get it. Its methods of these names close it.
pub(super) fn callers<'t>(setting: &FinalizerSetting<'t>, closing: &[&str], cx: &Cx<'t>) -> Callers {
    let mut walk = CallerWalk::new(cx, closing, PACKAGES);
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
    /// What stands before the names of files.
    folder: String,
    /// How many more packages are gone through.
    packages: usize,
    /// Whether a caller was seen.
    called: bool,
}

impl<'a, 't> CallerWalk<'a, 't> {
    fn new(cx: &'a Cx<'t>, closing: &'a [&'a str], packages: usize) -> CallerWalk<'a, 't> {
        CallerWalk {
            package: cx.package(),
            cx,
            closing,
            seen: Vec::new(),
            found: Callers::default(),
            folder: String::new(),
            packages,
            called: false,
        }
    }

    /// What becomes of an object that `function` has made or finished: only what it gives back
    /// and what it was given is followed, as it may well keep the object itself.
    fn constructor(&mut self, object: Local<'t>, function: Node<'t>) {
        match object.kind {
            LocalKind::Receiver | LocalKind::Param => self.unfollowed(function),
            _ => {
                if let Some(index) = returned(object, function) {
                    self.callers_of(function, index);
                    let exported = function.name().filter(|name| is_exported(name.text()));
                    self.found.uncalled =
                        exported.filter(|_| !self.called).map(|name| name.text().to_owned());
                }
            }
        }
    }

    /// The object comes from a caller that has made it before.
    fn unfollowed(&mut self, function: Node<'t>) {
        match self.calls(function).into_iter().next() {
            Some(call) => self.open(call, "hands it over"),
            None => self.elsewhere(function, None),
        }
    }

    /// The line of `at`, and its file: with its folder in the module where that is another one.
    fn place(&self, at: Node<'t>) -> String {
        format!("line {} of {}{}", at.line(), self.folder, file_name(at.file()))
    }

    fn open(&mut self, at: Node<'t>, what: &str) {
        let line = format!("{} {what}", self.place(at));
        if !self.found.open.contains(&line) {
            self.found.open.push(line);
        }
    }

    /// The calls of the function in the package, its tests included; what names it otherwise
    /// is noted as a value, but for tests.
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
        for place in places.into_iter().filter(|place| *place != name) {
            let selected = place
                .parent()
                .filter(|up| up.kind() == Kind::SelectorExpression && up.field() == Some(place));
            let ours = match selected {
                Some(_) => method,
                None => !method && matches!(scope::resolve(place), Def::TopLevel(_) | Def::Outside),
            };
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
            calls.extend(self.called(place));
        }
        calls
    }

    /// The call of the function that is named at `place`; where it is a value instead, that is
    /// noted.
    fn called(&mut self, place: Node<'t>) -> Option<Node<'t>> {
        let selector = place.parent().filter(|up| up.field() == Some(place));
        let called = parenthesized(selector.unwrap_or(place));
        let call = called.parent().filter(|call| callee(*call) == Some(called));
        self.called |= call.is_some();
        if call.is_none() && !place.file().is_test() {
            let seen = format!("{} uses `{}` as a value", self.place(place), place.text());
            self.found.value.get_or_insert(seen);
        }
        call
    }

    /// Looks at what other packages of the module, and tests with a package of their own, do
    /// with the result number `index` of an exported function; without a number, at whether
    /// they call it.
    fn elsewhere(&mut self, function: Node<'t>, index: Option<usize>) {
        let Some(name) = function.name().map(Node::text).filter(|name| is_exported(name)) else { return };
        let Some(packages) = self.packages.checked_sub(1) else {
            return self.open(function, "hands it on to other packages");
        };
        let method = function.kind() == Kind::MethodDeclaration;
        let import = self.cx.around.import_path();
        let own = function.file();
        let told = self.cx.around.each_user(name, false, &mut |user| {
            let beside = user.file.path().parent() == own.path().parent();
            if beside && user.file.package() == own.package() {
                return;
            }
            let mut walk = CallerWalk::new(user, self.closing, packages);
            let path = user.around.path_in_module().filter(|_| !beside);
            walk.folder =
                path.and_then(|path| Some(path[..=path.rfind('/')?].to_owned())).unwrap_or_default();
            for place in walk.named(name, method, import.as_deref()) {
                match (walk.called(place), index) {
                    (Some(call), Some(index)) => walk.result(call, index),
                    (Some(call), None) => walk.open(call, "hands it over"),
                    (None, _) => {}
                }
            }
            self.called |= walk.called;
            self.found.open.extend(walk.found.open);
            self.found.value = self.found.value.take().or(walk.found.value);
        });
        self.found.open.extend(told.err());
    }

    /// Where the file that is looked at names the function `name` of the package `import`, or
    /// what may be its method of that name.
    fn named(&mut self, name: &str, method: bool, import: Option<&str>) -> Vec<Node<'t>> {
        let file = self.cx.file;
        let mut found = Vec::new();
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if memchr::memmem::find(decl.span.of(file.text()).as_bytes(), name.as_bytes()).is_none() {
                continue;
            }
            let Some(root) = file.decl(index) else {
                let place = format!("{}{}", self.folder, file_name(file));
                self.found.open.push(format!("a declaration of {place} with broken syntax may"));
                continue;
            };
            found.extend(root.descendants().filter(|node| {
                let names = node.is(&[Kind::Identifier, Kind::FieldIdentifier]) && node.text() == name;
                let selector = node
                    .parent()
                    .filter(|up| up.kind() == Kind::SelectorExpression && up.field() == Some(*node));
                names
                    && match selector {
                        Some(selector) if method => package_of(selector).is_none(),
                        Some(selector) => package_of(selector).is_some() && package_of(selector) == import,
                        None => {
                            !method
                                && node.kind() == Kind::Identifier
                                && import.is_some_and(|import| is_dot_imported(file, import))
                                && scope::resolve(*node) == Def::Outside
                        }
                    }
            }));
        }
        found
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
        self.elsewhere(function, Some(index));
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
            Kind::ArgumentList => self.handed(call, whole),
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
        let counts = |place: &Node<'t>| at.file().is_test() || !place.file().is_test();
        let closed =
            spelled(name, self.package).is_ok_and(|places| places.into_iter().filter(counts).any(closes));
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
        let closed: Vec<Node<'t>> =
            mentions.iter().copied().filter(|mention| self.is_closed(*mention)).collect();
        if closed.iter().any(|mention| is_always_reached(*mention, object)) {
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
                        return self.handed(call, whole);
                    }
                }
                _ => {}
            }
        }
        self.open(call, if closed.is_empty() { "never closes it" } else { "closes it on some ways only" });
    }

    /// The object is the argument `given`: a function of the package may close it.
    fn handed(&mut self, at: Node<'t>, given: Node<'t>) {
        let parameter = given.parent().and_then(Node::parent).and_then(|call| {
            let index = arguments(call).position(|argument| argument == given)?;
            let called = callee(call).filter(|called| called.kind() == Kind::Identifier)?;
            let declared = match scope::resolve(called) {
                Def::TopLevel(_) | Def::Outside => self.package.declarations(called.text()),
                _ => return None,
            };
            let [function] = declared[..] else { return None };
            let parameters = function.parameters()?.named().filter(|it| it.kind() != Kind::Comment);
            let name = parameters.flat_map(|it| it.fields(Field::Name)).nth(index)?;
            scope::local(name.text(), function.body()?.child(Kind::StatementList)?)
        });
        let closes = |parameter: Local<'t>| {
            let mut mentions = scope::mentions(parameter).into_iter();
            mentions.any(|mention| self.is_closed(mention) && is_always_reached(mention, parameter))
        };
        if !parameter.is_some_and(closes) {
            self.open(at, "hands it on");
        }
    }
}

/// Whether control comes to `mention`, which closes `object`, on each way that has one: no
/// condition stands before it but such as ask for the object or an error.
fn is_always_reached<'t>(mention: Node<'t>, object: Local<'t>) -> bool {
    let mut below = mention;
    for up in mention.ancestors().take_while(|up| *up != object.scope) {
        let decides = match up.kind() {
            Kind::IfStatement => {
                let asked = up.condition().is_some_and(|condition| {
                    condition.descendants().any(|part| {
                        part.kind() == Kind::Identifier && scope::resolve(part) == Def::Local(object)
                    }) || (condition.text().ends_with("== nil") && up.consequence() == Some(below))
                });
                !asked && (up.consequence() == Some(below) || up.alternative() == Some(below))
            }
            Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase | Kind::CommunicationCase => true,
            // A literal runs when its owner likes.
            Kind::FuncLiteral => return true,
            _ => false,
        };
        if decides {
            return false;
        }
        below = up;
    }
    true
}

fn file_name(file: &File) -> Cow<'_, str> {
    file.path().file_name().unwrap_or_default().to_string_lossy()
}

fn is_exported(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
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
