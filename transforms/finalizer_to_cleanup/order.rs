//! Whether the object stands alone: finalizers of objects that reach each other
//! run in order, cleanups do not.

use super::refusal::CleanupRefusal;
use crate::model::imports::package_of;
use crate::model::structs::{Struct, StructField, struct_named};
use crate::model::types::{self, Type};
use crate::rewrite::Cx;
use crate::syntax::{Field, Kind, Node};
use crate::transforms::shared::finalizer::{cleaned_up, settings};

/// Whether no other type of the package has a finalizer or a cleanup, and the
/// struct holds nothing that may have one, its field `passed` left out: the
/// cleanup keeps that.
pub(super) fn alone<'t>(of: &Struct<'t>, passed: StructField<'t>, cx: &Cx<'t>) -> Result<(), CleanupRefusal> {
    let package = cx.package();
    let all = settings(package).map_err(|place| ("out-of-reach", place))?;
    for setting in all.iter().filter(|setting| !setting.clears()) {
        if setting.holder(package) != Some(of.name()) {
            let file = setting.call.file().path().file_name().unwrap_or_default().to_string_lossy();
            let seen = format!("another type with a finalizer on line {} of {file}", setting.call.line());
            return Err(("order", seen));
        }
    }
    if !cleaned_up(package).map_err(|place| ("out-of-reach", place))?.is_empty() {
        return Err(("order", "the package adds cleanups".into()));
    }
    let mut seen = vec![of.name()];
    for field in &of.fields {
        let passed_on = field.name.is_some() && field.name == passed.name;
        let target = Some(field.written).filter(|written| passed_on && written.kind() == Kind::PointerType);
        // What another package's pointer leads to is kept by the cleanup.
        if target
            .and_then(|pointer| pointer.named().next())
            .is_some_and(|to| to.kind() == Kind::QualifiedType)
        {
            continue;
        }
        if let Some(what) = leads_on(field.written, cx, &mut seen) {
            return Err(("order", format!("it holds a `{what}`")));
        }
    }
    Ok(())
}

/// Packages whose types, and what those reach, have no finalizers that matter.
const PLAIN: &[&str] =
    &["sync", "sync/atomic", "time", "bytes", "strings", "log", "log/slog", "math/big", "unsafe", "C"];

/// A type at or below `written` that may have a finalizer, or that can hold
/// anything.
fn leads_on<'t>(written: Node<'t>, cx: &Cx<'t>, seen: &mut Vec<&'t str>) -> Option<&'t str> {
    match written.kind() {
        Kind::PointerType | Kind::ParenthesizedType => leads_on(written.named().next()?, cx, seen),
        Kind::SliceType | Kind::ArrayType | Kind::ChannelType | Kind::MapType => {
            [Field::Element, Field::Value, Field::Key]
                .into_iter()
                .filter_map(|part| written.child_by_field(part))
                .find_map(|part| leads_on(part, cx, seen))
        }
        Kind::StructType => written
            .child(Kind::FieldDeclarationList)
            .into_iter()
            .flat_map(Node::named)
            .filter_map(|field| field.ty())
            .find_map(|part| leads_on(part, cx, seen)),
        Kind::QualifiedType => {
            let plain = package_of(written).is_some_and(|path| PLAIN.contains(&path));
            let handle = written.name().is_some_and(|name| name.text() == "Handle");
            (!plain && !handle).then(|| written.text())
        }
        Kind::TypeIdentifier => {
            let name = written.text();
            // An object that leads to another of its own type.
            if seen.first() == Some(&name) {
                return Some(name);
            }
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
            if let Some(inner) = struct_named(name, cx.package()) {
                return inner.fields.iter().find_map(|field| leads_on(field.written, cx, seen));
            }
            match types::underlying(Type::Written(written), cx.package()) {
                Some(Type::Basic) => None,
                Some(Type::Written(under)) if under.kind() != Kind::TypeIdentifier => {
                    leads_on(under, cx, seen)
                }
                _ => Some(name),
            }
        }
        _ => Some(written.text()),
    }
}

/// Whether the struct has no pointers and may be no larger than 16 bytes.
pub(super) fn is_tiny(of: &Struct<'_>) -> bool {
    let mut size = 0;
    for field in &of.fields {
        match field.written.text() {
            "string" | "error" | "any" => return false,
            "int64" | "uint64" | "float64" | "complex64" => size += 8,
            "complex128" => size += 16,
            "int" | "uint" | "uintptr" | "int32" | "uint32" | "float32" | "rune" => size += 4,
            _ if field.written.is(&[
                Kind::PointerType,
                Kind::SliceType,
                Kind::MapType,
                Kind::ChannelType,
                Kind::FunctionType,
            ]) =>
            {
                return false;
            }
            _ if field.written.is(&[Kind::InterfaceType]) => return false,
            _ if field.written.text() == "unsafe.Pointer" => return false,
            _ => size += 1,
        }
    }
    size <= 16
}
