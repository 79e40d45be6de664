//! `@@ calls`: each use of a declaration that a patch changed is edited with it.

use super::compile::Patch;
use super::condition::{self, ConditionFailure, ConditionKind, ConditionTexts};
use super::guards;
use super::matcher::{Matcher, PatternMatch};
use super::object::PackagePlace;
use super::patch::ObjectKind;
use super::rename::{Naming, Renamed, name_of, owner_of, place_of, receiver_type, spelled};
use super::render::ReplacementWriter;
use super::side::Side;
use crate::rewrite::{Cx, Fix};
use crate::syntax::{Field, Kind, Node};

/// A declaration that a patch changes, in its file.
pub struct ChangedDeclaration<'t> {
    /// The declaration.
    pub node: Node<'t>,
    /// The parameters that it gets: type and name, as the rule writes them.
    pub added: Vec<(String, String)>,
}

impl<'t> ChangedDeclaration<'t> {
    /// Of `node`, which the new side of `patch` changes.
    pub fn of(node: Node<'t>, patch: &Patch) -> ChangedDeclaration<'t> {
        let roots = patch.new.as_ref().map(Side::roots).unwrap_or_default();
        let parameters = roots.iter().filter_map(|root| root.parameters()).flat_map(Node::named);
        let added = parameters.filter_map(|parameter| {
            let name = parameter.fields(Field::Name).next()?;
            Some((parameter.ty()?.text().to_owned(), name.text().to_owned()))
        });
        ChangedDeclaration { node, added: added.collect() }
    }

    /// The new parameter of this type, for a use in the declaration itself.
    fn parameter(&self, ty: &str, node: Node<'_>) -> Option<&str> {
        let inside = node.file().path() == self.node.file().path() && self.node.span().covers(node.span());
        let fits = self.added.iter().find(|(own, _)| own == ty);
        fits.filter(|_| inside).map(|(_, name)| name.as_str())
    }
}

/// What became of the uses.
#[derive(Default)]
pub struct Followed {
    /// A guard that keeps all of it, and what it saw.
    pub kept: Option<(&'static str, String)>,
    /// A guard that lowers it, and what it saw.
    pub lowered: Option<(&'static str, String)>,
}

impl Followed {
    /// Takes a guard that keeps all of it. What holds whatever the types are comes first.
    fn keep(&mut self, guard: &'static str, saw: String) {
        let open = self.kept.as_ref().is_none_or(|(known, _)| *known == guards::TYPE_UNKNOWN);
        if open && (self.kept.is_none() || guard != guards::TYPE_UNKNOWN) {
            self.kept = Some((guard, saw));
        }
    }
}

/// The field that a patch names by `field T.f`, where it changes the declaration of `T`.
pub fn field_of(patch: &Patch, declaration: Node<'_>, cx: &Cx<'_>) -> Option<Renamed> {
    let declared = declared_by(declaration, cx).filter(|declared| declared.owner.is_none())?;
    let field = patch
        .objects
        .iter()
        .find(|object| object.kind == ObjectKind::Field && object.name == declared.name)?;
    Some(Renamed { name: field.field.clone()?, owner: Some(declared.name), path: declared.path })
}

/// What the declaration that a pattern met declares.
pub fn declared_by(declaration: Node<'_>, cx: &Cx<'_>) -> Option<Renamed> {
    let spec = match declaration.kind() {
        Kind::TypeDeclaration | Kind::VarDeclaration | Kind::ConstDeclaration => {
            crate::syntax::specs(declaration).next()?
        }
        _ => declaration,
    };
    let name = spec.fields(Field::Name).next()?;
    let owner = match spec.kind() {
        Kind::MethodDeclaration => Some(receiver_type(spec)?),
        _ => owner_of(name),
    };
    Some(Renamed { name: name.text().to_owned(), owner, path: cx.around.import_path() })
}

/// Edits every use of `object` by the patches `calls`.
pub fn follow(
    object: &Renamed,
    calls: &[&Patch],
    declaration: &ChangedDeclaration<'_>,
    cx: &Cx<'_>,
    fix: &mut Fix,
) -> Followed {
    let uses = UsePatches { calls, declaration };
    let place = PackagePlace::of(cx);
    let mut all = Followed::default();
    let asked = cx.around.each_user(&object.name, false, &mut |user| {
        let here = PackagePlace::of(user);
        let own = here.directory == place.directory && here.clause == place.clause;
        in_file(object, &uses, own, user, fix, &mut all);
    });
    if let Err(why) = asked {
        all.keep("unreadable", why);
    }
    all
}

/// The patches that edit uses, and what they follow.
struct UsePatches<'a, 't> {
    calls: &'a [&'a Patch],
    declaration: &'a ChangedDeclaration<'t>,
}

fn in_file(
    object: &Renamed,
    uses: &UsePatches<'_, '_>,
    own: bool,
    user: &Cx<'_>,
    fix: &mut Fix,
    all: &mut Followed,
) {
    for index in 0..user.file.outline().decls.len() {
        let Some(root) = user.file.decl(index) else {
            let text = user.file.outline().decls[index].span.of(user.file.text());
            if text.contains(&object.name) {
                all.keep("unreadable", name_of(user));
            }
            continue;
        };
        for node in spelled(root, &object.name) {
            if node.field_name() == Some(Field::Name) && is_declaration(node) {
                continue;
            }
            let at = || place_of(user, node);
            match object.is_named_by(node, own, user) {
                Naming::No => {}
                Naming::Unknown => all.keep(guards::TYPE_UNKNOWN, at()),
                Naming::Yes if user.around.skipped(user.file).is_some() => {
                    all.keep("out-of-reach", at());
                }
                Naming::Yes => one_use(uses, node, user, fix, all),
            }
        }
    }
}

fn is_declaration(name: Node<'_>) -> bool {
    name.parent().is_some_and(|up| {
        up.is(&[Kind::FunctionDeclaration, Kind::MethodDeclaration, Kind::FieldDeclaration, Kind::MethodElem])
    })
}

/// Edits one use by the first patch that matches it.
fn one_use(uses: &UsePatches<'_, '_>, node: Node<'_>, user: &Cx<'_>, fix: &mut Fix, all: &mut Followed) {
    for patch in uses.calls {
        let Some((found, start)) = found_at(patch, node, user) else { continue };
        match written(patch, uses.declaration, (&found, start), user, fix, all) {
            Ok(true) => return,
            Ok(false) => {}
            Err((guard, saw)) => {
                all.keep(guard, format!("{saw} at {}", place_of(user, node)));
                return;
            }
        }
    }
    all.keep("used-as-value", place_of(user, node));
}

/// Where the old side of `patch` matches through the identifier `node`.
fn found_at<'t>(patch: &Patch, node: Node<'t>, user: &Cx<'t>) -> Option<(PatternMatch<'t>, Node<'t>)> {
    let old = patch.old.as_ref()?;
    let [root] = old.roots()[..] else { return None };
    let mut matcher = Matcher::at(patch, user);
    let around = std::iter::once(node).chain(node.ancestors());
    for start in around.take(HIGHEST) {
        let found = matcher.whole(root, start).filter(|found| {
            found.met.iter().any(|met| match met {
                super::matcher::Met::Node(span, _, met) => {
                    (*met == node || met.span() == node.span())
                        && span.of(old.file().text()).ends_with(node.text())
                }
                _ => false,
            })
        });
        if let Some(found) = found {
            return Some((found, start));
        }
    }
    None
}

/// How many nodes around a use a pattern may begin at.
const HIGHEST: usize = 16;

/// Writes one use; `false` where a condition says that the patch is not meant here.
fn written<'t>(
    patch: &Patch,
    declaration: &ChangedDeclaration<'_>,
    (found, start): (&PatternMatch<'t>, Node<'t>),
    user: &Cx<'t>,
    fix: &mut Fix,
    all: &mut Followed,
) -> Result<bool, (&'static str, String)> {
    let (Some(old), Some(new)) = (&patch.old, &patch.new) else { return Ok(false) };
    let (old_roots, new_roots) = (old.roots(), new.roots());
    let mut texts = ConditionTexts::new();
    let asked = ConditionKind { patch, found, site: start, start, parts: &[], cx: user };
    for condition in &patch.conditions {
        let visible = condition.visible();
        if let Some((name, own)) =
            visible.and_then(|(name, ty)| Some((name, declaration.parameter(ty, start)?)))
        {
            texts.push((name.to_owned(), own.to_owned()));
            continue;
        }
        match condition.holds(&asked, &mut texts) {
            Ok(()) => {}
            Err(ConditionFailure::NoMatch) => return Ok(false),
            Err(ConditionFailure::Kept(guard, saw)) => return Err((guard, saw)),
        }
    }
    if let Some(untold) = found.unknown.first() {
        return Err((guards::TYPE_UNKNOWN, condition::seen(&untold.name, untold.why.as_deref())));
    }
    let mut writer = ReplacementWriter::new(patch, found, &texts, user, start, fix);
    match (old_roots.as_slice(), new_roots.as_slice()) {
        ([old], [new]) => writer.change(*old, *new),
        // Only in a list is there a place for more than one statement.
        _ if start.parent().is_none_or(|up| up.kind() != Kind::StatementList) => {
            return Err(("used-as-value", start.text().lines().next().unwrap_or_default().to_owned()));
        }
        (olds, news) => writer.change_statements(olds, news),
    }
    let (edits, kept) = (writer.edits, writer.kept);
    if let Some(kept) = kept {
        return Err(kept);
    }
    if let Some(name) = guards::captured(patch, old, new, found) {
        return Err(("captures-name", name));
    }
    let lowered = guards::evaluation(patch, old, Some(new), found, user.package());
    let lost = guards::lost_comment(user.file, start, &edits).map(|comment| ("loses-comment", comment));
    if let Some((guard, saw)) = lowered.or(lost) {
        all.lowered.get_or_insert((guard, format!("{saw} at {}", place_of(user, start))));
    }
    Ok(true)
}
