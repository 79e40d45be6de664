//! Whether what has a finalizer or a cleanup can also be closed.

use super::context::{CheckAnswer, CheckContext};
use super::line::AuditState;
use crate::model::fields::type_name;
use crate::model::imports::{arguments, callee};
use crate::model::package::Package;
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{FinalizerPurpose, setting};
use std::collections::BTreeMap;
use std::path::Path;

const CLOSES: &[&str] = &["Close", "Release", "Free", "Destroy", "Stop", "Shutdown"];

/// What is known of one finalizer or cleanup.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// The type has a method that closes.
    Explicit,
    /// It has none.
    Alone,
    /// Nothing is released: the finalizer counts or observes.
    Nothing,
    /// The type, or what runs, is not known.
    Unknown,
}

/// The line of the checklist.
pub(super) fn explicit_close(context: &CheckContext<'_>) -> CheckAnswer {
    let packages: BTreeMap<&Path, Package> = context
        .program
        .directories()
        .map(|(directory, files)| (directory, Package::new(files.to_vec())))
        .collect();
    let package = |call: Node<'_>| packages.get(call.file().path().parent()?);
    let mut attached: Vec<(Node<'_>, Closing)> = Vec::new();
    for (call, _) in context.calls("runtime", "SetFinalizer") {
        if arguments(call).nth(1).is_some_and(|argument| argument.text() == "nil") {
            continue;
        }
        let of = package(call).map_or(Closing::Unknown, |package| of_finalizer(call, package));
        attached.push((call, of));
    }
    for (call, _) in context.calls("runtime", "AddCleanup") {
        let holder = |package| type_name(arguments(call).next()?, package).map(Node::text);
        let of = package(call).map_or(Closing::Unknown, |package| has_close(holder(package), package));
        // Whoever keeps the cleanup can stop it, and may release by hand then.
        let kept = call.parent().is_some_and(|up| up.kind() != Kind::ExpressionStatement);
        let of = if of == Closing::Alone && kept { Closing::Unknown } else { of };
        attached.push((call, of));
    }
    let all = |wanted: Closing| {
        context.nodes(attached.iter().filter(|(_, of)| *of == wanted).map(|(call, _)| *call))
    };
    let (alone, unknown, explicit) = (all(Closing::Alone), all(Closing::Unknown), all(Closing::Explicit));
    match () {
        () if !alone.is_empty() => {
            CheckAnswer::new(AuditState::Missing, "the type has a finalizer or a cleanup and no method that closes; give it a Close")
                .at(alone)
        }
        () if !unknown.is_empty() => CheckAnswer::new(
            AuditState::Undecidable,
            "what the finalizer or the cleanup does, or what it is for, is not written here; see that it can also be closed",
        )
        .at(unknown),
        () if !explicit.is_empty() => {
            CheckAnswer::new(AuditState::Found, "each type with a finalizer or a cleanup has a method that closes").at(explicit)
        }
        () if attached.is_empty() => {
            CheckAnswer::new(AuditState::Found, "the module attaches no finalizer or cleanup")
        }
        () => CheckAnswer::new(AuditState::Found, "the finalizers of the module only count or observe")
            .at(all(Closing::Nothing)),
    }
}

fn of_finalizer<'t>(call: Node<'t>, package: &'t Package) -> Closing {
    let Some(setting) = callee(call).and_then(|mention| setting(mention, package)) else {
        return Closing::Unknown;
    };
    if matches!(setting.purpose(package), FinalizerPurpose::Counts(_) | FinalizerPurpose::Observes) {
        return Closing::Nothing;
    }
    // `(*zstd.Decoder).Close` of another package.
    let runs = arguments(call).nth(1).and_then(|action| action.field());
    if runs.is_some_and(|name| CLOSES.contains(&name.text())) {
        return Closing::Explicit;
    }
    let known = has_close(setting.holder(package), package);
    if known == Closing::Alone && setting.code(package).is_none() { Closing::Unknown } else { known }
}

fn has_close(holder: Option<&str>, package: &Package) -> Closing {
    match holder {
        None => Closing::Unknown,
        Some(holder) if !package.declares(holder) => Closing::Unknown,
        Some(holder) if CLOSES.iter().any(|name| !package.methods(Some(holder), name).is_empty()) => {
            Closing::Explicit
        }
        Some(_) => Closing::Alone,
    }
}
