//! Takes the finalizer away in `Close`, so that it does not run again what `Close` did.
//! ```go
//! type source struct{ fd int }
//!
//! func open(fd int) *source {
//! 	s := &source{fd: fd}
//! 	runtime.SetFinalizer(s, (*source).release)
//! 	return s
//! }
//!
//! func (s *source) release() { _ = os.NewFile(uintptr(s.fd), "").Close() }
//!
//! func (s *source) Close() error {
//! 	if s == nil {
//! 		return os.ErrInvalid
//! 	}
//! 	s.release()
//! 	return nil
//! }
//! ```
//! becomes
//! ```go
//! type source struct{ fd int }
//!
//! func open(fd int) *source {
//! 	s := &source{fd: fd}
//! 	runtime.SetFinalizer(s, (*source).release)
//! 	return s
//! }
//!
//! func (s *source) release() { _ = os.NewFile(uintptr(s.fd), "").Close() }
//!
//! func (s *source) Close() error {
//! 	if s == nil {
//! 		return os.ErrInvalid
//! 	}
//! 	runtime.SetFinalizer(s, nil)
//! 	s.release()
//! 	return nil
//! }
//! ```
//! # Why
//! After `Close` the finalizer still runs when the object is collected: a raw descriptor
//! is closed a second time, and by then it can belong to another file or connection; a `*os.File`
//! knows that it is closed. The
//! object also survives one collection more, and its finalizer takes its turn on the
//! goroutine that runs all of them one after the other.
//! # Unsafe
//! A release that fails, or that code relies on to be repeated by the finalizer,
//! is no longer repeated. `SetFinalizer` ends the program, past any `recover`, where its
//! argument is nil or not the start of an object of its own. So the call stands beside the
//! statement that releases last, behind a nil check or a field read of the receiver (a
//! `return` of the release is taken apart for it), and a type that has values of its own is
//! left alone.
//! # Guards
//! - `test-code`, keep: tests set finalizers to see what is collected.
//! - `still-needed`, keep: `Close` makes no call that the finalizer makes, and none that sounds like
//!   a release, so that what the finalizer does is still to be done.
//! - `only-reports`, keep: the finalizer only says that somebody forgot to close, and finds nothing to
//!   say behind `Close`.
//! - `finds-it-gone`, keep: behind `Close` the finalizer finds gone what it frees, and one of the reasons below
//!   stands against taking it away.
//! - `inside-another`, advice: somewhere the type is a field, an element, embedded by value or
//!   handled as a value, which generic code can put into another, or other pointers are
//!   converted to it; a pointer to such a place must never reach `SetFinalizer`.
//! - `used-elsewhere`, advice: other packages of the module use the type, perhaps by value.
//! - `nil-receiver`, advice: nothing before the place has surely read a field of the receiver
//!   or compared it with nil first of all.
//! - `released-sometimes`, advice: no statement of `Close`, or of what it calls, releases
//!   whenever it is reached.
//! - `counts-references`, advice: `Close` lowers a count, and others may own the object still.
//! - `handed-on`, advice: `Close`, or who called it, gives the whole object to something else,
//!   or objects of the type may go to a pool, and come back without a finalizer.
//! - `no-pointer-receiver`, advice: `Close` has a value receiver or none that is named, or
//!   gives its receiver another value.
//! - `reopened`, advice: another function opens the object again, by its name or by what it
//!   assigns, and would have to set the finalizer again.
//! - `other-release`, advice: `Close` does not show that it does all that the finalizer does,
//!   or the type gets another finalizer elsewhere, which may still be needed behind it.
//! - `not-nameable`, advice: `runtime.SetFinalizer` would mean something else in `Close`.
//! - `out-of-reach`, advice: the file of `Close` is generated or excluded, or its syntax
//!   cannot be read.
//! # Known limits
//! Only a method called `Close` counts, and of an unexported type, or of one in a program, only where
//! somebody besides the finalizer calls it; an object that others find by a weak pointer only is no
//! finding. A call in `Close` that may take the finalizer away,
//! by the name of what it calls, is believed. A generic function that is given a pointer and
//! copies what it points to is not seen.

mod business;
mod object;
mod place;
mod release;

use crate::model::imports::arguments;
use crate::model::package::Package;
use crate::model::structs::inside_another;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::finalizer::{
    self, Business, FinalizerPurpose, FinalizerSetting, close_of, setting, statements, takes_away,
};
use business::Again;
use place::{ClosePlace, Nowhere, receiver};
use release::CloseRelease;

/// Takes the finalizer away in `Close`.
pub struct CloseKeepsFinalizer;

/// A finalizer on a type whose `Close` leaves it there.
pub struct CloseKeepsFinalizerSite<'t> {
    setting: FinalizerSetting<'t>,
    holder: &'t str,
    close: Node<'t>,
}

impl Transform for CloseKeepsFinalizer {
    type Site<'t> = CloseKeepsFinalizerSite<'t>;
    const META: Meta = Meta {
        id: "close-keeps-finalizer",
        title: "take the finalizer away in `Close`",
        group: Group::Finalizers,
        seeds: &["SEN 8"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "SetFinalizer" }],
        may_match_bytes: finalizer::may_set,
        guards: &[
            "test-code",
            "still-needed",
            "only-reports",
            "finds-it-gone",
            "inside-another",
            "used-elsewhere",
            "nil-receiver",
            "released-sometimes",
            "counts-references",
            "handed-on",
            "no-pointer-receiver",
            "reopened",
            "other-release",
            "not-nameable",
            "out-of-reach",
        ],
        yields_to: &["finalizer-close"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<CloseKeepsFinalizerSite<'t>> {
        let package = cx.package();
        let setting = setting(mention, package).filter(|setting| !setting.clears())?;
        // A counter wants to count what was not closed too: another rule's business.
        if setting.business(package) == Some(Business::LeakCounter) {
            return None;
        }
        let holder = setting.holder(package)?;
        let close = close_of(holder, package)?;
        let plain = close.parameters().is_none_or(|list| list.named().next().is_none());
        let first = plain && is_first(&setting, holder, close, package);
        let closed = || {
            !business::is_only_borrowed(&setting)
                && !business::only_finalizer_closes(&setting, holder, close, cx)
        };
        (first && !takes_away(close, holder, package) && closed()).then_some(CloseKeepsFinalizerSite {
            setting,
            holder,
            close,
        })
    }

    fn judge<'t>(site: &CloseKeepsFinalizerSite<'t>, cx: &Cx<'t>) -> Verdict {
        let package = cx.package();
        let value = inside_another(site.holder, package)
            .and_then(|place| Ok(place.or(object::as_value(site.holder, package)?)))
            .map(|place| place.or_else(|| object::copied(site.holder, package)));
        let inside = match value {
            Ok(None) => None,
            Ok(Some(place)) => Some(format!("by value on line {} of {}", place.line(), name_of(place))),
            Err(place) => Some(format!("{place} cannot be read")),
        };
        let exported = site.holder.starts_with(char::is_uppercase);
        let receiver = receiver(site.close);
        let named = receiver.is_some();
        let release = site.release(package).filter(|_| !site.is_set_otherwise(package));
        let handed =
            release.as_ref().and_then(|release| match object::handed_on(site.holder, release, package) {
                Ok(place) => place.map(|place| format!("line {} of {}", place.line(), name_of(place))),
                Err(place) => Some(format!("{place} cannot be read")),
            });
        let works = release.as_ref().map(CloseRelease::works).unwrap_or_default();
        let counted = object::counted_owners(&works).map(|count| format!("`{}`", count.text()));
        let reopened = release.as_ref().and_then(|release| object::reopened(site.holder, release, package));
        let place = release.as_ref().map(|release| place::place(release, site.close, site.holder, package));
        let callable = Cx { file: site.close.file(), ..*cx };
        let at = site.close.body().unwrap_or(site.close);
        let bound = match callable.qualified("runtime", "SetFinalizer", inner(at)) {
            Some(_) => false,
            None => !callable.is_free("runtime", inner(at)) || !callable.is_predeclared("nil", inner(at)),
        };
        let verdict = Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.setting.call), "test-code")
            .keep_if(business::is_other(&site.setting, site.holder, site.close, package), "still-needed")
            .keep_if(site.only_reports(package), "only-reports")
            .lower_for(cx.around.out_of_reach(site.close.file()), Applicability::Advice, "out-of-reach")
            .lower_if(!named, Applicability::Advice, "no-pointer-receiver")
            .lower_for(inside, Applicability::Advice, "inside-another")
            .lower_if(release.is_none(), Applicability::Advice, "other-release")
            .lower_for(counted, Applicability::Advice, "counts-references")
            .lower_for(handed, Applicability::Advice, "handed-on")
            .lower_for(reopened, Applicability::Advice, "reopened")
            .lower_if(
                matches!(place, Some(Err(Nowhere::Sometimes))),
                Applicability::Advice,
                "released-sometimes",
            )
            .lower_if(matches!(place, Some(Err(Nowhere::Nil))), Applicability::Advice, "nil-receiver")
            .lower_if(bound, Applicability::Advice, "not-nameable")
            .lower_for(
                exported.then(|| cx.around.used_elsewhere(site.holder)).flatten(),
                Applicability::Advice,
                "used-elsewhere",
            );
        // Nothing happens twice, and nothing can be done about one collection more.
        let idle = verdict.level() == Applicability::Advice
            && site
                .setting
                .code(package)
                .is_some_and(|code| business::finds_gone(code, site.holder, site.close, package));
        verdict.keep_if(idle, "finds-it-gone")
    }

    fn diagnose<'t>(site: &CloseKeepsFinalizerSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let same = site.close.file().path() == cx.file.path();
        let name = site.close.name().filter(|_| same);
        let labels = vec![(site.setting.call.span(), "the finalizer".into())];
        let finds = |code| business::finds_gone(code, site.holder, site.close, cx.package());
        let idle = business::looks_first(site.close, site.holder, cx.package())
            && site.setting.code(cx.package()).is_none_or(finds);
        let again =
            site.setting.code(cx.package()).map(|code| business::again(code, site.holder, cx.package()));
        let again = again.unwrap_or(Again::Object);
        let runs = match again {
            _ if idle => "after `Close` the finalizer runs as well, to find what it frees gone",
            Again::Descriptor => {
                "after `Close` the finalizer runs as well, on a descriptor that may be somebody else's by then"
            }
            Again::Foreign => {
                "after `Close` the finalizer runs as well, and frees again what C code has freed"
            }
            Again::Object => "after `Close` the finalizer runs as well, and does again what `Close` did",
        };
        let harms = !idle && again != Again::Object;
        Diagnostic {
            span: name.map_or(site.setting.call.span(), Node::span),
            message: format!("`Close` of `{}` leaves its finalizer in place", site.holder),
            why: format!(
                "{runs}, and the object survives one collection more; `runtime.SetFinalizer(x, nil)` takes it away"
            ),
            severity: if harms { Severity::Warning } else { Severity::Note },
            labels: if name.is_some() { labels } else { Vec::new() },
        }
    }

    fn rewrite<'t>(site: &CloseKeepsFinalizerSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let (Some(receiver), Some(release)) = (receiver(site.close), site.release(cx.package())) else {
            return;
        };
        let Ok(place) = place::place(&release, site.close, site.holder, cx.package()) else { return };
        let body = site.close.body().unwrap_or(site.close);
        let at = inner(body);
        let there = Cx { file: site.close.file(), ..*cx };
        let function = match there.qualified("runtime", "SetFinalizer", at) {
            Some(function) => function,
            None => format!("{}.SetFinalizer", fix.import("runtime", at, &there)),
        };
        // The finalizer must still be there when this one goes in.
        fix.claim(site.setting.call);
        fix.claim(site.close);
        fix.claim_package_name(format!("{}.Close", site.holder));
        let line = format!("{function}({}, nil)", receiver.text());
        let statement = match place {
            ClosePlace::Before(statement) | ClosePlace::Behind(statement) | ClosePlace::Return(statement) => {
                statement
            }
        };
        let text = statement.text().to_owned();
        let lines = match place {
            ClosePlace::Before(_) => vec![line, text],
            ClosePlace::Behind(_) => vec![text, line],
            ClosePlace::Return(_) => {
                let value = statement.named().next().map_or("", Node::text);
                let error = there.fresh_name_within(&["err"], statement, body);
                vec![format!("{error} := {value}"), line, format!("return {error}")]
            }
        };
        if body.line() == file_line(body, body.end()) {
            return spread(body, statement, &lines, fix);
        }
        match place {
            ClosePlace::Before(_) => fix.insert_before(statement, &lines[..1]),
            ClosePlace::Behind(_) => fix.insert_after(statement, &lines[1..]),
            ClosePlace::Return(_) => {
                fix.insert_before(statement, &lines[..2]);
                fix.replace_in(statement.file(), statement.span(), lines[2].clone());
            }
        }
    }
}

/// Writes a body that stands on one line on lines of its own, with `lines` for
/// one of its statements. Comments stay before the statement that they stand
/// before, and the last with the last.
fn spread(body: Node<'_>, statement: Node<'_>, lines: &[String], fix: &mut Fix) {
    let (file, text) = (body.file(), body.file().text());
    let newline = file.newline();
    let mut out = String::new();
    let mut at = body.start() + 1;
    let all = statements(body);
    for each in &all {
        let own = each.text().to_owned();
        let new = if *each == statement { lines } else { std::slice::from_ref(&own) };
        let before = text[at..each.start()].trim_matches([';', ' ']);
        let gap = if before.is_empty() { "" } else { " " };
        at = each.end();
        let behind = text[at..body.end() - 1].trim_matches([';', ' ']);
        let behind = Some(behind).filter(|behind| Some(each) == all.last() && !behind.is_empty());
        for (index, line) in new.iter().enumerate() {
            let before = if index == 0 { format!("{before}{gap}") } else { String::new() };
            let behind = behind.filter(|_| index + 1 == new.len()).map(|behind| format!(" {behind}"));
            out.push_str(&format!("\t{before}{line}{}{newline}", behind.unwrap_or_default()));
        }
    }
    fix.replace_in(file, body.span(), format!("{{{newline}{out}}}"));
}

fn file_line(body: Node<'_>, offset: usize) -> usize {
    body.file().lines().line(offset)
}

impl<'t> CloseKeepsFinalizerSite<'t> {
    /// What `Close` and the finalizer release alike, when anything.
    fn release(&self, package: &'t Package) -> Option<CloseRelease<'t>> {
        CloseRelease::of(self.holder, &self.setting.code(package)?, self.close, package)
    }

    /// Whether the finalizer only says something, where `Close` lets it know.
    fn only_reports(&self, package: &'t Package) -> bool {
        self.setting.code(package).is_some_and(|code| {
            matches!(finalizer::purpose_of(code, package), FinalizerPurpose::Reports)
                && business::finds_gone(code, self.holder, self.close, package)
        })
    }

    /// Whether objects of the type, or what may be one, get another finalizer
    /// elsewhere, which would go as well.
    fn is_set_otherwise(&self, package: &'t Package) -> bool {
        let written = |setting: &FinalizerSetting<'t>| arguments(setting.call).nth(1).map(Node::text);
        let ours = written(&self.setting);
        finalizer::settings(package).map_or(true, |all| {
            all.iter().any(|other| {
                !other.clears()
                    && other.holder(package).is_none_or(|of| of == self.holder)
                    && written(other) != ours
            })
        })
    }
}

/// Whether no other place that sets a finalizer on the type is nearer to `close`: one of them
/// tells of it, one in the file of `close` if there is any.
fn is_first<'t>(setting: &FinalizerSetting<'t>, holder: &str, close: Node<'t>, package: &'t Package) -> bool {
    let near = |call: Node<'t>| (call.file().path() != close.file().path(), call.file().path(), call.start());
    finalizer::settings(package).is_ok_and(|all| {
        let others = all.iter().filter(|other| !other.clears() && other.holder(package) == Some(holder));
        let first = others.map(|other| near(other.call)).min();
        first.is_none_or(|first| near(setting.call) <= first)
    })
}

fn name_of(place: Node<'_>) -> String {
    place.file().path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A place inside a body, from where names resolve as statements there see them.
fn inner(body: Node<'_>) -> Node<'_> {
    body.child(Kind::StatementList).and_then(|list| list.named().last()).unwrap_or(body)
}
