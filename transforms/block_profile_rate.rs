//! Samples blocking events instead of recording every one for as long as the program runs.
//! ```go
//! func main() {
//! 	runtime.SetBlockProfileRate(1)
//! 	log.Fatal(http.ListenAndServe("localhost:6060", nil))
//! }
//! ```
//! becomes
//! ```go
//! func main() {
//! 	runtime.SetBlockProfileRate(10000)
//! 	log.Fatal(http.ListenAndServe("localhost:6060", nil))
//! }
//! ```
//! # Why
//! The rate is in nanoseconds: an event that blocks for at least as long is always
//! recorded, a shorter one with the chance that its time is of the rate. At 1 every channel
//! operation, lock and select that blocks walks its stack. Measured with Go 1.26: 781 ns
//! for a channel operation that blocks, 553 ns at 10,000; there are no allocations.
//! # Unsafe
//! Short events are then sampled rather than counted, which the profile scales back; what
//! reads exact counts sees others.
//! # Guards
//! - `test-code`, keep: a test or a benchmark may want every event.
//! - `set-back`, keep: the function, or another one of the package, switches the profile
//!   off again, so somebody has bounded it.
//! - `one-run`, keep: the same function writes the profile or is handed it to write, or another one of a program that
//!   serves nothing, so it is that of this one run.
//! - `switched-on`, keep: a condition decides about it (a flag, the environment, an address to
//!   serve profiles at), so somebody asked for the profile and can do without it again.
//! - `on-request`, advice: a caller decides about it; from then on it stays on. Use 10000, or
//!   switch it off after a while.
//! - `chosen-rate`, advice: the rate is below 1000, where nearly every event is recorded,
//!   and somebody has thought of a number.
//! - `mutex-fraction`, advice: `SetMutexProfileFraction` with at most 10 records every
//!   contended lock, or every few, for as long as the program runs; take a larger fraction,
//!   or switch it on for the time of a diagnosis.
//! # Known limits
//! A rate that is not a constant is not looked at, nor what another package switches off.

use crate::model::constant;
use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, imports, is_call, unparenthesized};
use crate::model::package::Package;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};

/// Samples one event in ten microseconds of blocking.
pub struct BlockProfileRate;

/// A call with a constant that records nearly everything.
pub struct BlockProfileRateSite<'t> {
    call: Node<'t>,
    argument: Node<'t>,
    symbol: Symbol,
    value: i64,
}

const BLOCK: Symbol = Symbol { path: "runtime", name: "SetBlockProfileRate" };
const MUTEX: Symbol = Symbol { path: "runtime", name: "SetMutexProfileFraction" };

impl Transform for BlockProfileRate {
    type Site<'t> = BlockProfileRateSite<'t>;
    const META: Meta = Meta {
        id: "block-profile-rate",
        title: "sample blocking events every 10 µs",
        group: Group::Profiles,
        seeds: &["OPT 5"],
        best: Applicability::Unsafe,
        triggers: &[BLOCK, MUTEX],
        guards: &[
            "test-code",
            "set-back",
            "one-run",
            "switched-on",
            "on-request",
            "chosen-rate",
            "mutex-fraction",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<BlockProfileRateSite<'t>> {
        let call = mention.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        let symbol = if is_call(call, BLOCK.path, BLOCK.name) { BLOCK } else { MUTEX };
        let argument = arguments(call).next().filter(|_| callee(call) == Some(mention))?;
        let value = constant::integer(argument, cx.package())?;
        let limit = if symbol == BLOCK { 1000 } else { 11 };
        (value > 0 && value < limit).then_some(BlockProfileRateSite { call, argument, symbol, value })
    }

    fn judge<'t>(site: &BlockProfileRateSite<'t>, cx: &Cx<'t>) -> Verdict {
        let block = site.symbol == BLOCK;
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(set_back_here(site, cx.package()), "set-back")
            .keep_for(written_here(site), "one-run")
            .keep_seen(|| switched_off(site, cx.package()), "set-back")
            .keep_seen(|| written_by_program(site, cx), "one-run")
            .keep_for(condition(site.call), "switched-on")
            .lower_if(!block, Applicability::Advice, "mutex-fraction")
            .lower_if(!at_start(site.call), Applicability::Advice, "on-request")
            .lower_if(site.value != 1, Applicability::Advice, "chosen-rate")
    }

    fn diagnose<'t>(site: &BlockProfileRateSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let (message, why) = if site.symbol == BLOCK {
            (
                match site.value {
                    1 => "every blocking event is recorded from here on".to_owned(),
                    _ => "nearly every blocking event is recorded from here on".to_owned(),
                },
                format!(
                    "at {} ns each event that blocks walks its stack (781 ns for a channel operation, 553 ns \
                     at 10000); a rate of 10000 samples them, and 0 switches the profile off",
                    site.value
                ),
            )
        } else {
            (
                match site.value {
                    1 => "every contended lock is recorded from here on".to_owned(),
                    n => format!("1 in {n} contended locks is recorded from here on"),
                },
                "nothing in the package switches it off again, so each such unlock walks its stack for as \
                 long as the program runs; 100 will do for a service, and a diagnosis can set 1 and then 0"
                    .to_owned(),
            )
        };
        Diagnostic { span: site.call.span(), message, why, severity: Severity::Note, labels: Vec::new() }
    }

    fn rewrite<'t>(site: &BlockProfileRateSite<'t>, _: &Cx<'t>, fix: &mut Fix) {
        fix.replace_node(site.argument, "10000");
    }
}

/// The condition under which the call is made.
fn condition(call: Node<'_>) -> Option<String> {
    let decides = |up: &Node<'_>| {
        up.is(&[Kind::IfStatement, Kind::ExpressionCase, Kind::TypeCase, Kind::CommunicationCase])
    };
    let own = call.ancestors().take_while(|up| up.kind() != Kind::FunctionDeclaration).find(decides)?;
    let first = own.text().lines().next().unwrap_or_default().trim_end_matches(['{', ' ']);
    Some(format!("`{first}` on line {}", own.line()))
}

/// Whether the call runs when the program starts, whatever the flags say:
/// straight in `main` of a program or in an `init`.
fn at_start(call: Node<'_>) -> bool {
    let Some(function) = function_of(call).filter(|function| function.kind() == Kind::FunctionDeclaration)
    else {
        return false;
    };
    let main = function.file().package() == "main";
    let named = |name: Node<'_>| name.text() == "init" || (main && name.text() == "main");
    let unconditional = call.ancestors().take_while(|up| *up != function).all(|up| {
        up.is(&[Kind::ExpressionStatement, Kind::ParenthesizedExpression, Kind::StatementList, Kind::Block])
    });
    function.name().is_some_and(named) && unconditional
}

/// Another call of the function that sets it to something else, or what keeps
/// the old value to put it back.
fn set_back_here(site: &BlockProfileRateSite<'_>, package: &Package) -> Option<String> {
    let whole = site.call.ancestors().last()?;
    let other = whole.descendants().find(|node| {
        *node != site.call
            && is_call(*node, site.symbol.path, site.symbol.name)
            // Asking for the fraction changes nothing.
            && arguments(*node).next().and_then(|value| constant::integer(value, package)).is_none_or(|to| {
                to == 0 || (to < 0 && site.symbol == BLOCK)
            })
    });
    let kept = || {
        let user = site.call.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
        (user.kind() != Kind::ExpressionStatement).then_some(user)
    };
    other.or_else(kept).map(|node| format!("line {}", node.line()))
}

/// Where another function of the package switches the profile off.
fn switched_off(site: &BlockProfileRateSite<'_>, package: &Package) -> Option<String> {
    let name = site.symbol.name;
    package.files().filter(|file| file.may_name(name)).find_map(|file| {
        let decls = file.outline().decls.iter().enumerate();
        let mut naming = decls.filter(|(_, decl)| decl.span.of(file.text()).contains(name));
        naming.find_map(|(index, _)| {
            let call = file.decl(index)?.descendants().find(|node| {
                *node != site.call
                    && is_call(*node, site.symbol.path, name)
                    && arguments(*node).next().is_some_and(|value| {
                        // An endpoint that sets any rate can switch it off too.
                        constant::integer(value, package).is_none_or(|to| to == 0)
                    })
            })?;
            let name = file.path().file_name()?.to_string_lossy().into_owned();
            Some(format!("{name}:{}", call.line()))
        })
    })
}

/// Where the same function looks the profile up to write it.
fn written_here(site: &BlockProfileRateSite<'_>) -> Option<String> {
    let whole = site.call.ancestors().last()?;
    let is_handed_over =
        |node: &Node<'_>| node.kind() == Kind::ParameterDeclaration && node.text().ends_with("pprof.Profile");
    let lookup = whole.descendants().find(|node| {
        is_handed_over(node) || (node.start() > site.call.end() && looks_up(*node, site.symbol))
    });
    lookup.map(|node| format!("line {}", node.line()))
}

fn looks_up(call: Node<'_>, symbol: Symbol) -> bool {
    let wanted = if symbol == BLOCK { "\"block\"" } else { "\"mutex\"" };
    is_call(call, "runtime/pprof", "Lookup")
        && arguments(call).next().is_some_and(|name| unparenthesized(name).text() == wanted)
}

/// Where a program that is no server looks the profile up.
fn written_by_program(site: &BlockProfileRateSite<'_>, cx: &Cx<'_>) -> Option<String> {
    let files = || cx.package().files();
    if cx.file.package() != "main" || files().any(|file| imports(file, "net/http") || imports(file, "net")) {
        return None;
    }
    files().filter(|file| file.may_name("Lookup")).find_map(|file| {
        let mut decls = (0..file.outline().decls.len()).filter_map(|index| file.decl(index));
        let call = decls.find_map(|decl| decl.descendants().find(|node| looks_up(*node, site.symbol)))?;
        let name = file.path().file_name()?.to_string_lossy().into_owned();
        Some(format!("{name}:{}", call.line()))
    })
}
