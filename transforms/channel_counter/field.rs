//! The field that holds a channel which may count, and its uses.

use crate::model::fields;
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};

/// The element types of channels that count, with the atomic type that takes
/// their place.
pub(super) const COUNTED: &[(&str, &str, &str)] = &[
    ("int64", "Int64", "int64"),
    ("int32", "Int32", "int32"),
    ("uint64", "Uint64", "uint64"),
    ("uint32", "Uint32", "uint32"),
    ("int", "Int64", "int64"),
    ("uint", "Uint64", "uint64"),
    ("struct{}", "Int64", "int64"),
];

/// The struct type and field name that a channel type is the type of.
pub(super) fn field_of(channel: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let field = channel.parent().filter(|field| field.kind() == Kind::FieldDeclaration)?;
    let mut names = field.fields(Field::Name);
    let (Some(name), None) = (names.next(), names.next()) else { return None };
    let spec = field.parent()?.parent()?.parent().filter(|spec| spec.kind() == Kind::TypeSpec)?;
    let plain = field.tag().is_none()
        && spec.type_parameters().is_none()
        && channel.kind() == Kind::ChannelType
        && !channel.children().any(|token| token.kind() == Kind::Arrow)
        && !name.text().starts_with(char::is_uppercase);
    plain.then_some((spec, name))
}

/// The field's uses; `None` when they cannot be told.
pub(super) fn uses<'t>(holder: &str, name: &str, cx: &Cx<'t>) -> Option<fields::Uses<'t>> {
    fields::uses(holder, name, cx.package()).ok()
}
