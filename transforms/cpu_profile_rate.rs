//! Leaves the rate of a CPU profile to `pprof.StartCPUProfile`.
//! ```go
//! func profile(f *os.File) error {
//! 	runtime.SetCPUProfileRate(10000)
//! 	return pprof.StartCPUProfile(f)
//! }
//! ```
//! becomes
//! ```go
//! func profile(f *os.File) error {
//! 	return pprof.StartCPUProfile(f)
//! }
//! ```
//! # Why
//! `StartCPUProfile` sets its own rate of 100 Hz. When sampling is on already, that fails
//! with a line on stderr and the higher rate stays; Linux delivers about 250 samples a
//! second whatever was asked for, and the profile says that each of them stands for the
//! shorter period. Measured with Go 1.26 at 10,000 Hz: 501 samples of 100 µs, so 0.05 s of
//! the 2.00 s that were used, 40 times too little. Without the call: 0.98 s of each second.
//! It is not the overhead, which was the same; to see more, profile for longer.
//! # Safe
//! Above 250 Hz, with the start in the same block: only what the profile samples changes.
//! A call right behind the start is refused by the runtime, so it does nothing but print.
//! # Unsafe
//! Up to 250 Hz Linux delivers what was asked for, and other systems may deliver more: such
//! a profile has fewer samples without the call. A start in another place may be another
//! profile's.
//! # Guards
//! - `test-code`, keep: a measurement of something short may want every sample there is.
//! - `left-empty`, advice: the call is all that a function, a clause or a loop does, or its
//!   `if` has a condition that may panic; decide what becomes of that.
//! - `no-start`, advice: nothing in the package starts a profile, so the samples are taken
//!   and nobody reads them; the next profile, from net/http/pprof say, is off.
//! - `start-elsewhere`, unsafe: the profile is not started in this block.
//! - `rate-delivered`, unsafe: Linux delivers up to 250 samples a second.
//! - `other-system`, unsafe: the file is not for Linux, and other systems have other timers.
//! # Known limits
//! A rate that is not a constant is not looked at. A kernel built with HZ=1000 delivers more
//! than 250.

use crate::model::constant;
use crate::model::imports::{arguments, callee, is_call, is_symbol};
use crate::model::module::Expr;
use crate::model::recording::CPU_PROFILE;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict, Without,
};
use crate::syntax::{Field, Kind, Node};

/// Removes `runtime.SetCPUProfileRate` before `pprof.StartCPUProfile`.
pub struct CpuProfileRate;

/// `runtime.SetCPUProfileRate(n)` as a statement, with n above the usual 100.
pub struct CpuProfileRateSite<'t> {
    call: Node<'t>,
    rate: i64,
    start: ProfileStart<'t>,
    without: Without<'t>,
}

/// Where the profile is started.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ProfileStart<'t> {
    /// In this statement behind the call, in the same block.
    Follows(Node<'t>),
    /// In this statement before the call.
    Precedes(Node<'t>),
    Elsewhere,
    Nowhere,
}

const SYMBOL: Symbol = Symbol { path: "runtime", name: "SetCPUProfileRate" };

/// What Linux delivers at most with its usual HZ.
const DELIVERED: i64 = 250;

impl Transform for CpuProfileRate {
    type Site<'t> = CpuProfileRateSite<'t>;
    const META: Meta = Meta {
        id: "cpu-profile-rate",
        title: "leave the rate of a CPU profile to StartCPUProfile",
        group: Group::Profiles,
        seeds: &["OPT 4", "SEN 3", "SEN checklist"],
        best: Applicability::Safe,
        triggers: &[SYMBOL],
        guards: &["test-code", "left-empty", "no-start", "start-elsewhere", "rate-delivered", "other-system"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<CpuProfileRateSite<'t>> {
        let call = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        let statement = call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        let plain = callee(call) == Some(mention) && statement.kind() == Kind::ExpressionStatement;
        let rate = constant::integer(arguments(call).next().filter(|_| plain)?, cx.package())?;
        (rate > 100).then(|| CpuProfileRateSite {
            call,
            rate,
            start: start(statement, cx),
            without: cx.without(statement, &|_| false),
        })
    }

    fn judge<'t>(site: &CpuProfileRateSite<'t>, cx: &Cx<'t>) -> Verdict {
        let counts = matches!(site.start, ProfileStart::Follows(_));
        Verdict::of(Applicability::Safe)
            .keep_for(cx.test_code(site.call), "test-code")
            .lower_if(site.start == ProfileStart::Nowhere, Applicability::Advice, "no-start")
            .lower_if(!matches!(site.without, Without::Goes(_)), Applicability::Advice, "left-empty")
            .lower_if(site.start == ProfileStart::Elsewhere, Applicability::Unsafe, "start-elsewhere")
            .lower_if(counts && site.rate <= DELIVERED, Applicability::Unsafe, "rate-delivered")
            .lower_for(other_system(cx).filter(|_| counts), Applicability::Unsafe, "other-system")
    }

    fn diagnose<'t>(site: &CpuProfileRateSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let rate = site.rate;
        let (message, why) = match site.start {
            ProfileStart::Precedes(_) => (
                "the rate of a CPU profile that is running cannot be changed".to_owned(),
                "the call only prints a line on stderr: the runtime refuses a rate until the profile has \
                 been stopped"
                    .to_owned(),
            ),
            ProfileStart::Nowhere => (
                format!("sampling is switched on at {rate} Hz for no profile"),
                "from here on the program is interrupted for samples that nobody reads; \
                 `pprof.StartCPUProfile` switches sampling on by itself, at 100 Hz"
                    .to_owned(),
            ),
            _ if rate > DELIVERED => (
                format!("a CPU profile at {rate} Hz reports too little time"),
                format!(
                    "Linux delivers about 250 samples a second, and the profile counts each as 1/{rate} s \
                     (at 10,000 Hz it showed 0.05 s of 2.00 s); profile for longer instead"
                ),
            ),
            _ => (
                format!("a CPU profile at {rate} Hz instead of the usual 100 Hz"),
                "`pprof.StartCPUProfile` then fails to set its own rate and prints a line on stderr; \
                 profile for longer instead"
                    .to_owned(),
            ),
        };
        let label = match site.start {
            ProfileStart::Follows(start) | ProfileStart::Precedes(start) => {
                Some((start.span(), "the profile".to_owned()))
            }
            _ => None,
        };
        let untrue = rate > DELIVERED && site.start != ProfileStart::Nowhere;
        Diagnostic {
            span: site.call.span(),
            message,
            why,
            severity: if untrue { Severity::Warning } else { Severity::Note },
            labels: label.into_iter().collect(),
        }
    }

    fn rewrite<'t>(site: &CpuProfileRateSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        if let Without::Goes(gone) = site.without {
            fix.delete_statement(gone, &[" rate", "hz", "sampl", "than the default", "profilerate"]);
        }
    }
}

/// Where the profile is started whose rate `statement` sets.
fn start<'t>(statement: Node<'t>, cx: &Cx<'t>) -> ProfileStart<'t> {
    let starts = |other: &Node<'t>| at_once(*other, &starts_call);
    let beside: Vec<Node<'t>> = match statement.parent() {
        Some(list) if list.kind() == Kind::StatementList => list.named().collect(),
        _ => Vec::new(),
    };
    let here = beside.iter().position(|other| *other == statement).unwrap_or(0);
    // Up to the start nothing else may have a say in the rate.
    let mut behind = beside.iter().skip(here + 1);
    let follows = behind.find(|other| starts(other) || other.descendants().any(has_a_say));
    if let Some(start) = follows.filter(|start| starts(start)) {
        return ProfileStart::Follows(*start);
    }
    // Nothing but a look at the error stands between.
    let looks = |other: &Node<'t>| {
        let header =
            [Field::Initializer, Field::Condition].into_iter().filter_map(|part| other.child_by_field(part));
        let called =
            header.flat_map(|part| part.descendants()).any(|node| node.kind() == Kind::CallExpression);
        other.kind() == Kind::IfStatement && !called && !other.descendants().any(has_a_say)
    };
    let passed = |other: &&Node<'t>| other.kind() == Kind::DeferStatement || (looks(other) && !starts(other));
    let precedes = beside[..here].iter().rev().find(|other| !passed(other));
    if let Some(start) = precedes.filter(|start| starts(start) && !start.descendants().any(has_a_say)) {
        return ProfileStart::Precedes(*start);
    }
    let mut files = cx.package().files().filter(|file| file.may_name(CPU_PROFILE.start));
    let elsewhere = files.any(|file| {
        let decls = file.outline().decls.iter().enumerate();
        let mut naming = decls.filter(|(_, decl)| decl.span.of(file.text()).contains(CPU_PROFILE.start));
        naming.any(|(index, _)| file.decl(index).is_none_or(|root| root.descendants().any(is_start)))
    });
    if elsewhere { ProfileStart::Elsewhere } else { ProfileStart::Nowhere }
}

/// Whether control that enters `statement` evaluates something that satisfies
/// `wanted`: not in a literal, nor in a branch, nor behind `&&`.
fn at_once<'t>(statement: Node<'t>, wanted: &dyn Fn(Node<'t>) -> bool) -> bool {
    let perhaps = |node: Node<'t>| {
        node.field_name() == Some(Field::Alternative)
            || node.field_name() == Some(Field::Right)
                && node
                    .parent()
                    .and_then(|up| up.operator())
                    .is_some_and(|it| [Kind::LogicalAnd, Kind::LogicalOr].contains(&it.kind()))
    };
    let enter = |node: Node<'t>| {
        let branch = node.is(&[
            Kind::FuncLiteral,
            Kind::Block,
            Kind::DeferStatement,
            Kind::GoStatement,
            Kind::ExpressionCase,
            Kind::TypeCase,
            Kind::DefaultCase,
            Kind::CommunicationCase,
        ]);
        !branch && !perhaps(node)
    };
    enter(statement) && statement.kind() != Kind::ForStatement && statement.descend(enter).any(wanted)
}

fn starts_call(node: Node<'_>) -> bool {
    is_call(node, CPU_PROFILE.path, CPU_PROFILE.start)
}

fn is_start(node: Node<'_>) -> bool {
    is_symbol(node, CPU_PROFILE.path, CPU_PROFILE.start)
}

fn has_a_say(node: Node<'_>) -> bool {
    is_symbol(node, SYMBOL.path, SYMBOL.name) || is_symbol(node, CPU_PROFILE.path, CPU_PROFILE.stop)
}

/// The systems and architectures other than Linux's that a file can be for.
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "wasm",
    "windows",
];

/// What says that the file is for another system than Linux.
fn other_system(cx: &Cx<'_>) -> Option<String> {
    let stem = cx.file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(part) = stem.split('_').skip(1).find(|part| SYSTEMS.contains(part)) {
        return Some(format!("the file's name says {part}"));
    }
    let header = cx.file.outline().header.of(cx.file.text());
    let mut lines = header.lines().map(str::trim).filter_map(|line| line.strip_prefix("//go:build "));
    let line = lines
        .find(|line| Expr::parse(line).is_some_and(|tags| names_another(&tags) || !on_linux(&tags, true)))?;
    Some(format!("`//go:build {line}`"))
}

/// Whether the constraint asks for another system.
fn names_another(tags: &Expr) -> bool {
    match tags {
        Expr::Tag(tag) => SYSTEMS.contains(&tag.as_str()),
        Expr::Not(_) => false,
        Expr::And(a, b) | Expr::Or(a, b) => names_another(a) || names_another(b),
    }
}

/// Whether the constraint can be `holds` where a program for Linux is built.
fn on_linux(tags: &Expr, holds: bool) -> bool {
    match tags {
        Expr::Tag(tag) if matches!(tag.as_str(), "linux" | "unix") => holds,
        Expr::Tag(tag) if SYSTEMS.contains(&tag.as_str()) => !holds,
        Expr::Tag(_) => true,
        Expr::Not(inner) => on_linux(inner, !holds),
        Expr::And(a, b) if holds => on_linux(a, true) && on_linux(b, true),
        Expr::And(a, b) => on_linux(a, false) || on_linux(b, false),
        Expr::Or(a, b) if holds => on_linux(a, true) || on_linux(b, true),
        Expr::Or(a, b) => on_linux(a, false) && on_linux(b, false),
    }
}
