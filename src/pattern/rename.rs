//! `@@ rename`: something of the module gets another name, wherever it is named.

use super::Problem;
use super::compile::Patch;
use super::embedded;
use super::object::{PackagePlace, RulePackage, is_imported, is_of_package};
use super::patch::{Line, Sign, is_name};
use super::types;
use crate::model::imports::{callee, package_of, unparenthesized};
use crate::model::package::Package;
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, Fix, TypeAnswer, TypeAsk};
use crate::syntax::outline::{TokenKind, tokens};
use crate::syntax::{DeclKind, Field, File, Kind, Node};

/// Something that gets another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The package, where the rule says it.
    pub package: Option<RulePackage>,
    /// The type, for a method or a field.
    pub owner: Option<String>,
    /// The name.
    pub old: String,
    /// The other name.
    pub new: String,
    /// The line of the rule.
    pub line: usize,
    /// The words of the old side, where neither an import nor a line `package` says in which
    /// package it is.
    pub unsaid: Vec<String>,
}

/// A way in which the words of a rename without an import can be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RenameReading {
    /// The type whose method or field is meant.
    pub owner: Option<String>,
}

impl Rename {
    /// How `code` lets the words be read that no import explains: its package is called by the
    /// first one, or declares it.
    pub fn reading(&self, code: &File) -> Option<RenameReading> {
        let declares = |name: &str, kind: Option<DeclKind>| {
            code.outline().decls.iter().any(|declaration| {
                let fits = kind.map_or(declaration.kind != DeclKind::Method, |kind| declaration.kind == kind);
                fits && declaration.names.iter().any(|own| own.text == name)
            })
        };
        let is_type = |name: &str| declares(name, Some(DeclKind::Type));
        let clause = code.package();
        let words: Vec<&str> = self.unsaid.iter().map(String::as_str).collect();
        let owner = match words[..] {
            [package, owner, _] => (package == clause && is_type(owner)).then_some(Some(owner)),
            [first, _] if is_type(first) => Some(Some(first)),
            [first, name] => (first == clause && declares(name, None)).then_some(None),
            [name] => declares(name, None).then_some(None),
            _ => None,
        };
        owner.map(|owner| RenameReading { owner: owner.map(str::to_owned) })
    }
}

/// Reads `-p.Store.Fetch` and `+p.Store.Get`, pair by pair.
pub fn parse(lines: &[&Line], patch: &Patch, number: usize, problems: &mut Vec<Problem>) -> Vec<Rename> {
    let help = "write `-p.Store.Fetch` and below it `+p.Store.Get`, with `import p \"path\"`";
    let mut renames = Vec::new();
    let lines: Vec<&&Line> = lines.iter().filter(|line| !line.text.trim().is_empty()).collect();
    if lines.is_empty() || lines.len() % 2 == 1 {
        problems.push(Problem::at(number, 1, "a rename is a line `-` and a line `+`").help(help));
        return renames;
    }
    for pair in lines.chunks(2) {
        let signs = (pair[0].sign, pair[1].sign);
        let (old, new) = (parts(&pair[0].text), parts(&pair[1].text));
        let ((Some(old), Some(new)), (Sign::Old, Sign::New)) = ((old, new), signs) else {
            problems.push(Problem::at(pair[0].number, 1, "this is not a rename").help(help));
            continue;
        };
        let (old_name, new_name) = (old[old.len() - 1], new[new.len() - 1]);
        if old.len() != new.len() || old[..old.len() - 1] != new[..new.len() - 1] || old_name == new_name {
            let problem = Problem::at(pair[1].number, 2, "a rename changes the last name, and nothing else");
            problems.push(problem.help(help));
            continue;
        }
        let said = place(&old, patch);
        let unsaid = if said.is_some() { Vec::new() } else { old.iter().map(ToString::to_string).collect() };
        // Until the tree tells more, the first word is the name of a package.
        let (package, owner) =
            said.unwrap_or_else(|| (Some(RulePackage::Clause(old[0].to_owned())), owner_in(&old)));
        renames.push(Rename {
            package,
            owner,
            old: old_name.to_owned(),
            new: new_name.to_owned(),
            line: pair[0].number,
            unsaid,
        });
    }
    renames
}

fn parts(text: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = text.trim().split('.').collect();
    ((1..=3).contains(&parts.len()) && parts.iter().all(|part| is_name(part))).then_some(parts)
}

/// The package and the type in which something is renamed, where the rule says it.
fn place(parts: &[&str], patch: &Patch) -> Option<(Option<RulePackage>, Option<String>)> {
    let path = |name: &str| patch.import_of(name).map(|path| RulePackage::Path(path.to_owned()));
    let objects = || patch.objects.iter().find_map(|object| object.package.clone());
    let said = patch.package.clone().or_else(objects);
    match *parts {
        [package, owner, _] => Some((Some(path(package)?), Some(owner.to_owned()))),
        [first, _] => match path(first) {
            Some(package) => Some((Some(package), None)),
            None => said.map(|said| (Some(said), Some(first.to_owned()))),
        },
        _ => said.map(|said| (Some(said), None)),
    }
}

/// The type among three words.
fn owner_in(parts: &[&str]) -> Option<String> {
    match *parts {
        [_, owner, _] => Some(owner.to_owned()),
        _ => None,
    }
}

/// What is renamed, at its declaration.
#[derive(Clone, Debug)]
pub struct Renamed {
    /// Its name.
    pub name: String,
    /// The type whose method or field it is.
    pub owner: Option<String>,
    /// The import path of the package.
    pub path: Option<String>,
}

impl Rename {
    /// Whether the identifier is the name in the declaration that is meant.
    pub fn is_declared_at(&self, name: Node<'_>, place: &PackagePlace) -> bool {
        name.text() == self.old
            && place.is(self.package.as_ref())
            && match (&self.owner, owner_of(name)) {
                (Some(wanted), Some(owner)) => *wanted == owner,
                (None, None) => is_declaration(name),
                _ => false,
            }
    }
}

/// The type whose method, field or interface method the identifier declares.
pub fn owner_of(name: Node<'_>) -> Option<String> {
    let parent = name.parent()?;
    if name.field_name() != Some(Field::Name) {
        return None;
    }
    match parent.kind() {
        Kind::MethodDeclaration => receiver_type(parent),
        Kind::FieldDeclaration | Kind::MethodElem => {
            let mut up = parent.ancestors();
            let spec = up.find(|node| node.is(&[Kind::TypeSpec, Kind::TypeAlias]))?;
            // A field of a field's own struct type is none of the type's.
            let lists = parent.ancestors().take_while(|node| *node != spec);
            let depth = lists.filter(|node| node.is(&[Kind::StructType, Kind::InterfaceType])).count();
            (depth == 1).then(|| spec.name().map(|name| name.text().to_owned())).flatten()
        }
        _ => None,
    }
}

/// The base type of a method's receiver.
pub fn receiver_type(method: Node<'_>) -> Option<String> {
    let parameter = method.receiver()?.named().find(|node| node.kind() == Kind::ParameterDeclaration)?;
    let mut ty = parameter.ty()?;
    loop {
        ty = match ty.kind() {
            Kind::PointerType | Kind::ParenthesizedType => ty.named().next()?,
            Kind::GenericType => ty.ty()?,
            _ => return Some(ty.text().to_owned()),
        };
    }
}

/// Whether the identifier declares a name of the package.
fn is_declaration(name: Node<'_>) -> bool {
    let Some(parent) = name.parent() else { return false };
    name.field_name() == Some(Field::Name)
        && parent.is(&[
            Kind::FunctionDeclaration,
            Kind::TypeSpec,
            Kind::TypeAlias,
            Kind::VarSpec,
            Kind::ConstSpec,
        ])
        && matches!(scope::resolve(name), Def::TopLevel(_))
}

/// How a place names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// It is it.
    Yes,
    /// It is something else.
    No,
    /// The files do not tell.
    Unknown,
}

impl Renamed {
    /// Whether the identifier names it, in the file of `cx`, which is of its package when
    /// `own`.
    pub fn is_named_by(&self, node: Node<'_>, own: bool, cx: &Cx<'_>) -> Naming {
        let yes = |holds: bool| if holds { Naming::Yes } else { Naming::No };
        let Some(owner) = &self.owner else {
            if self.is_embedded_field(node, own, cx) {
                return Naming::Yes;
            }
            if own {
                let names = node.is(&[Kind::Identifier, Kind::TypeIdentifier]);
                return yes(names && is_of_package(node) && !is_key_of_struct(node, cx));
            }
            let qualified =
                node.parent().filter(|up| up.is(&[Kind::SelectorExpression, Kind::QualifiedType]));
            let whole = qualified.filter(|up| up.field().or_else(|| up.name()) == Some(node)).unwrap_or(node);
            return yes(self.path.as_ref().is_some_and(|path| is_imported(whole, path, &self.name)));
        };
        if own && owner_of(node).as_ref() == Some(owner) {
            return Naming::Yes;
        }
        let wanted = match &self.path {
            _ if own => format!(".{owner}"),
            Some(path) => format!("{path}.{owner}"),
            None => return Naming::No,
        };
        let Some(parent) = node.parent() else { return Naming::No };
        if parent.kind() == Kind::SelectorExpression && parent.field() == Some(node) {
            let Some(operand) = parent.operand() else { return Naming::No };
            if package_of(parent).is_some() {
                return Naming::No;
            }
            // `T.Fetch` and `(*T).Fetch` are the method too.
            if names_type(operand, owner, self.path.as_deref(), own) {
                return Naming::Yes;
            }
            let found = types::of_expression(operand, cx.package()).or_else(|| of_imported_call(operand, cx));
            return match found {
                Some(found) => {
                    let path = self.path.as_deref().filter(|_| !own);
                    let same = found.trim_start_matches('*') == wanted;
                    yes(same || embedded::has_promoted(&found, &self.name, owner, path, cx))
                }
                None => self.asked(operand, owner, own, cx),
            };
        }
        // A key of a literal of the type.
        let key = std::iter::once(node).chain(node.ancestors().take(2)).find_map(|at| {
            at.parent().filter(|up| up.kind() == Kind::KeyedElement && up.named().next() == Some(at))
        });
        let body = key.and_then(|element| element.parent());
        match body.and_then(Node::parent) {
            // The fields of a struct without a name are its own.
            Some(literal) if literal.ty().is_some_and(|ty| ty.kind() == Kind::StructType) => Naming::No,
            Some(literal) if literal.kind() == Kind::CompositeLiteral => {
                match literal.ty().and_then(|ty| types::of_code(ty, cx.package())) {
                    Some(found) => yes(found == wanted),
                    None => Naming::Unknown,
                }
            }
            // The type is written further out.
            Some(_) => {
                let path = self.path.as_deref().filter(|_| !own).unwrap_or_default();
                let ask = TypeAsk::Expression(types::holder(path, owner));
                body.map_or(Naming::Unknown, |body| naming(cx.types(body.span(), ask)))
            }
            None => Naming::No,
        }
    }
}

impl Renamed {
    /// Whether the identifier names the field that a struct has because it embeds the type.
    fn is_embedded_field(&self, node: Node<'_>, own: bool, cx: &Cx<'_>) -> bool {
        let path = self.path.as_deref().filter(|_| !own);
        let Some(parent) = node.parent() else { return false };
        let holder = if parent.kind() == Kind::SelectorExpression && parent.field() == Some(node) {
            let operand = parent.operand().filter(|_| package_of(parent).is_none());
            operand.and_then(|operand| types::of_expression(operand, cx.package()))
        } else {
            let element = node.parent().filter(|up| up.kind() == Kind::LiteralElement);
            let pair = element.and_then(Node::parent);
            let literal = pair.and_then(Node::parent).and_then(Node::parent);
            literal.and_then(Node::ty).and_then(|ty| types::of_code(ty, cx.package()))
        };
        holder.is_some_and(|holder| embedded::has_promoted(&holder, &self.name, &self.name, path, cx))
    }

    /// Whether Go says that the member of the operand is the one that is meant.
    fn asked(&self, operand: Node<'_>, owner: &str, own: bool, cx: &Cx<'_>) -> Naming {
        let path = self.path.as_deref().filter(|_| !own).unwrap_or_default();
        let ask = TypeAsk::Member(self.name.clone(), types::holder(path, owner));
        naming(cx.types(unparenthesized(operand).span(), ask))
    }
}

fn naming(answer: Option<TypeAnswer>) -> Naming {
    match answer {
        Some(TypeAnswer::Yes) => Naming::Yes,
        Some(TypeAnswer::No | TypeAnswer::Value(_)) => Naming::No,
        Some(TypeAnswer::Unknown(_)) | None => Naming::Unknown,
    }
}

/// Whether the operand of a selector is the type, or a pointer to it.
fn names_type(operand: Node<'_>, owner: &str, path: Option<&str>, own: bool) -> bool {
    let mut bare = unparenthesized(operand);
    if bare.kind() == Kind::UnaryExpression && bare.operator().is_some_and(|sign| sign.text() == "*") {
        bare = bare.operand().map_or(bare, unparenthesized);
    }
    if own {
        return bare.kind() == Kind::Identifier && bare.text() == owner && is_of_package(bare);
    }
    path.is_some_and(|path| is_imported(bare, path, owner))
}

/// The type of a call of a function of another package of the module.
fn of_imported_call(operand: Node<'_>, cx: &Cx<'_>) -> Option<String> {
    let function = callee(unparenthesized(operand))?;
    let path = package_of(function)?;
    let (_, files) = cx.around.imported(path)?;
    let package = Package::new(files.to_vec());
    let name = function.field()?.text();
    let declared = package.declarations(name);
    let result = declared.iter().find(|one| one.kind() == Kind::FunctionDeclaration)?.result()?;
    let written = types::of_code(result, &package)?;
    let stars = written.len() - written.trim_start_matches('*').len();
    let (stars, bare) = written.split_at(stars);
    Some(match bare.strip_prefix('.') {
        Some(own) => format!("{stars}{path}.{own}"),
        None => written.clone(),
    })
}

/// Whether the identifier is the key of a struct literal, which names a field.
fn is_key_of_struct(node: Node<'_>, cx: &Cx<'_>) -> bool {
    let element = node.parent().filter(|up| up.kind() == Kind::LiteralElement);
    let Some(element) = element else { return false };
    let pair =
        element.parent().filter(|up| up.kind() == Kind::KeyedElement && up.named().next() == Some(element));
    let literal = pair.and_then(Node::parent).and_then(Node::parent);
    let Some(ty) = literal.and_then(Node::ty) else { return pair.is_some() };
    // The keys of a map, an array or a slice are expressions.
    if ty.is(&[Kind::MapType, Kind::SliceType, Kind::ArrayType, Kind::ImplicitLengthArrayType]) {
        return false;
    }
    let declared = cx.package().declarations(ty.text());
    let is_map = declared.iter().any(|declaration| {
        declaration.descendants().any(|spec| {
            spec.kind() == Kind::TypeSpec
                && spec.name().is_some_and(|name| name.text() == ty.text())
                && spec.ty().is_some_and(|ty| ty.is(&[Kind::MapType, Kind::SliceType, Kind::ArrayType]))
        })
    });
    !is_map
}

/// The names below `root` that are spelled so, those of fields and methods included.
pub fn spelled<'t>(root: Node<'t>, name: &str) -> Vec<Node<'t>> {
    const NAMES: &[Kind] =
        &[Kind::Identifier, Kind::TypeIdentifier, Kind::FieldIdentifier, Kind::PackageIdentifier];
    if !root.text().contains(name) {
        return Vec::new();
    }
    root.descendants().filter(|node| node.is(NAMES) && node.text() == name).collect()
}

/// The edits of a rename, or the guard that keeps it and what it saw.
pub fn edits(renamed: &Renamed, new: &str, cx: &Cx<'_>, fix: &mut Fix) -> Option<(&'static str, String)> {
    let place = PackagePlace::of(cx);
    let mut kept: Option<(&'static str, String)> = None;
    // A type may embed it far from where it is imported; only Go tells.
    let all = renamed.owner.is_some() && cx.around.types().is_some();
    let found = cx.around.each_user(&renamed.name, all, &mut |user| {
        let here = PackagePlace::of(user);
        let imports = renamed
            .path
            .as_ref()
            .is_some_and(|path| user.file.imports().iter().any(|import| import.path == *path));
        let own = here.directory == place.directory && here.clause == place.clause;
        let keep = |kept: &mut Option<_>, guard: &'static str, node: Node<'_>| {
            kept.get_or_insert((guard, place_of(user, node)));
        };
        for index in 0..user.file.outline().decls.len() {
            let Some(root) = user.file.decl(index) else {
                let text = user.file.outline().decls[index].span.of(user.file.text());
                if text.contains(&renamed.name) {
                    kept.get_or_insert(("unreadable", name_of(user)));
                }
                continue;
            };
            for node in spelled(root, &renamed.name) {
                match renamed.is_named_by(node, own, user) {
                    Naming::No => {}
                    Naming::Unknown if !own && !imports => {}
                    Naming::Unknown => keep(&mut kept, "type-unknown", node),
                    Naming::Yes if user.around.skipped(user.file).is_some() => {
                        keep(&mut kept, "out-of-reach", node)
                    }
                    Naming::Yes => {
                        let taken = own
                            && renamed.owner.is_none()
                            && matches!(scope::resolve_name(new, node), Def::Local(_) | Def::Import(_));
                        if taken {
                            keep(&mut kept, "captures-name", node);
                        }
                        fix.replace_in(user.file, node.span(), new);
                    }
                }
            }
        }
    });
    kept.or(found.err().map(|why| ("unreadable", why)))
}

/// A file as a guard names it.
pub fn name_of(cx: &Cx<'_>) -> String {
    cx.file.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A place as a guard names it.
pub fn place_of(cx: &Cx<'_>, node: Node<'_>) -> String {
    format!("{}:{}", name_of(cx), node.line())
}

/// Those of them that satisfy one only together.
const SEVERAL: &[&[&str]] = &[&["Len", "Less", "Swap"], &["Lock", "Unlock"], &["Push", "Pop", "Len"]];

/// Methods by which a type satisfies an interface that everybody knows.
const KNOWN_METHODS: &[&str] = &[
    "As",
    "Close",
    "Error",
    "Format",
    "GoString",
    "GobDecode",
    "GobEncode",
    "Is",
    "Len",
    "Less",
    "Lock",
    "MarshalBinary",
    "MarshalJSON",
    "MarshalText",
    "MarshalXML",
    "MarshalYAML",
    "Pop",
    "Push",
    "Read",
    "ReadAt",
    "ReadByte",
    "ReadFrom",
    "ReadRune",
    "RoundTrip",
    "Scan",
    "Seek",
    "ServeHTTP",
    "String",
    "Swap",
    "Unlock",
    "UnmarshalBinary",
    "UnmarshalJSON",
    "UnmarshalText",
    "UnmarshalXML",
    "UnmarshalYAML",
    "UnreadByte",
    "UnreadRune",
    "Unwrap",
    "Value",
    "Write",
    "WriteAt",
    "WriteByte",
    "WriteRune",
    "WriteString",
    "WriteTo",
];

/// The interface that the type satisfies by the method, as far as the module tells.
pub fn implements(renamed: &Renamed, cx: &Cx<'_>) -> Option<String> {
    let owner = renamed.owner.as_deref()?;
    if cx.package().methods(Some(owner), &renamed.name).is_empty() {
        return None;
    }
    let has = |name: &str| !cx.package().methods(Some(owner), name).is_empty();
    // What a type embeds may bring the others.
    let embeds = || {
        let fields = cx.package().declarations(owner).into_iter().flat_map(Node::descendants);
        let mut fields = fields.filter(|node| node.kind() == Kind::FieldDeclaration);
        fields.any(|field| field.fields(Field::Name).next().is_none())
    };
    let complete = |name: &str| {
        let mut others = SEVERAL.iter().filter(|all| all.contains(&name)).peekable();
        others.peek().is_none() || embeds() || others.any(|all| all.iter().all(|one| has(one)))
    };
    if KNOWN_METHODS.contains(&renamed.name.as_str()) && complete(&renamed.name) {
        return Some(format!("{owner}.{} is a method of a known interface", renamed.name));
    }
    let mut found = None;
    let asked = cx.around.each_user(&renamed.name, true, &mut |user| {
        for root in (0..user.file.outline().decls.len()).filter_map(|index| user.file.decl(index)) {
            let methods = spelled(root, &renamed.name).into_iter().filter_map(|name| {
                name.parent().filter(|up| up.kind() == Kind::MethodElem && up.name() == Some(name))
            });
            for interface in methods.filter_map(Node::parent) {
                let names = interface.named().filter(|node| node.kind() == Kind::MethodElem);
                if names.filter_map(Node::name).all(|name| has(name.text())) {
                    found.get_or_insert(place_of(user, interface));
                }
            }
        }
    });
    found.or(asked.err())
}

/// Whether the new name is taken where the old one is declared.
pub fn is_taken(renamed: &Renamed, new: &str, cx: &Cx<'_>) -> bool {
    let package = cx.package();
    let Some(owner) = renamed.owner.as_deref() else { return package.declares(new) };
    let fields = package.declarations(owner).into_iter().any(|declaration| {
        spelled(declaration, new).into_iter().any(|name| owner_of(name).as_deref() == Some(owner))
    });
    fields || !package.methods(Some(owner), new).is_empty()
}

/// Where a comment, a string or a struct tag of the package still says the old name.
pub fn left_over(renamed: &Renamed, cx: &Cx<'_>) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let says = |text: &str| {
        text.match_indices(&renamed.name).any(|(at, _)| {
            !text[..at].ends_with(is_word) && !text[at + renamed.name.len()..].starts_with(is_word)
        })
    };
    let mut places = Vec::new();
    let told = cx.around.each_user(&renamed.name, false, &mut |user| {
        let text = user.file.text();
        let whole = crate::text::Span::new(0, text.len());
        for (kind, span) in tokens(text, whole) {
            let what = match kind {
                kind if kind.is_comment() => "comment",
                TokenKind::String | TokenKind::RawString => "string",
                _ => continue,
            };
            if says(span.of(text)) {
                places.push(format!("{what} {}:{}", name_of(user), user.file.lines().line(span.start)));
            }
        }
    });
    if told.is_err() {
        return Vec::new();
    }
    places
}
