//! Sizes pools by the processors that the program may use, not by those of the machine.
//! ```go
//! func run(jobs <-chan func()) {
//! 	var wg sync.WaitGroup
//! 	for i := 0; i < runtime.NumCPU(); i++ {
//! 		wg.Add(1)
//! 		go func() {
//! 			defer wg.Done()
//! 			for job := range jobs {
//! 				job()
//! 			}
//! 		}()
//! 	}
//! 	wg.Wait()
//! }
//! ```
//! becomes
//! ```go
//! func run(jobs <-chan func()) {
//! 	var wg sync.WaitGroup
//! 	for range runtime.GOMAXPROCS(0) {
//! 		wg.Add(1)
//! 		go func() {
//! 			defer wg.Done()
//! 			for job := range jobs {
//! 				job()
//! 			}
//! 		}()
//! 	}
//! 	wg.Wait()
//! }
//! ```
//! # Why
//! `runtime.NumCPU` counts the processors that the machine gives the process and knows nothing of a
//! container's CPU limit, nor of GOMAXPROCS; `runtime.GOMAXPROCS(0)` is how many goroutines can run
//! at once, from Go 1.25 by the container's limit. Measured with Go 1.26: when the process was left
//! one processor of two, `NumCPU` stayed 2 and `GOMAXPROCS(0)` became 1 within a second. The rule is
//! for containers, not for speed: on a node of 64 processors a container that may use two of them
//! otherwise starts 64 workers, each with its stack, its buffers and its connections.
//! # Unsafe
//! The number differs wherever a limit is set, which is what the rewrite is for. The call costs 14 ns
//! instead of 2 and takes a lock, so it belongs outside of hot loops.
//! # Guards
//! - `test-code`, keep: tests may use the whole machine.
//! - `beside-gomaxprocs`, keep: the same function asks for, or sets, GOMAXPROCS, or reads the
//!   environment variable of that name, so the two are told apart on purpose.
//! - `host-capacity`, keep: the number is compared, divided by, reported or counted through: it
//!   is about the machine.
//! - `pins-threads`, keep: one worker for each processor of the machine is bound to it.
//! - `buffers`, keep: the number is the capacity of a channel that bounds nothing, or of a free list
//!   that is given a function that makes its objects; a place more in a buffer costs no processor.
//! - `waits`, keep: a name says that the work is uploads, downloads or requests, which wait rather
//!   than compute.
//! - `has-a-factor`, keep: the author chose a multiple or a part of the number, which is a size of
//!   its own.
//! - `not-nameable`, keep: `GOMAXPROCS` would mean something else at this place, because a name
//!   nearer by hides the package.
//! - `asked-twice`, advice: the declaration, or another one that uses the same field or variable of
//!   the package, asks for the number again, and the answers can differ; keep it in one variable.
//! - `stored`, advice: the number is kept in a field or a package's variable, or given back, where its other
//!   readers do not show here.
//! - `explained`, advice: a comment says why it is this number, or that it is the answer of `runtime.NumCPU`.
//! - `read-each-round`, advice: the condition of the loop asks in each iteration, and the number may change
//!   meanwhile; keep it in a variable.
//! # Known limits
//! What the number is for is told by the syntax around it and by names such as `workers`,
//! `parallel` or `limit`; a variable is followed to its uses in the function. The function as a value is no
//! finding.

mod purpose;

use self::purpose::CpuPurpose;
use crate::model::GoVersion;
use crate::model::comments;
use crate::model::imports::{callee, is_symbol, package_of};
use crate::model::locals::{gives_address, is_written};
use crate::model::package::Package;
use crate::model::scope::{self, Def, LocalKind};
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::machine;
use std::collections::HashSet;

/// Replaces `runtime.NumCPU()` where it sizes what runs at once.
pub struct NumCpuForParallelism;

/// `runtime.NumCPU()` that sizes something, or that may.
pub struct NumCpuForParallelismSite<'t> {
    call: Node<'t>,
    /// `runtime.NumCPU`
    callee: Node<'t>,
    purpose: CpuPurpose<'t>,
}

impl Transform for NumCpuForParallelism {
    type Site<'t> = NumCpuForParallelismSite<'t>;
    const META: Meta = Meta {
        id: "num-cpu-for-parallelism",
        title: "size by the processors that the program may use",
        group: Group::Scheduler,
        seeds: &["SEN checklist", "SRC 5"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "NumCPU" }],
        guards: &[
            "test-code",
            "beside-gomaxprocs",
            "host-capacity",
            "pins-threads",
            "buffers",
            "waits",
            "has-a-factor",
            "not-nameable",
            "asked-twice",
            "stored",
            "explained",
            "read-each-round",
        ],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<NumCpuForParallelismSite<'t>> {
        let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
        let purpose = purpose::of(call, cx.package())?;
        Some(NumCpuForParallelismSite { call, callee: mention, purpose })
    }

    fn judge<'t>(site: &NumCpuForParallelismSite<'t>, cx: &Cx<'t>) -> Verdict {
        let whole = site.call.ancestors().last().unwrap_or(site.call);
        let asks = |name: &'static str| {
            move |node: &Node<'t>| {
                node.is(&[Kind::SelectorExpression, Kind::Identifier]) && is_symbol(*node, "runtime", name)
            }
        };
        let other = whole.descendants().find(asks("GOMAXPROCS")).or_else(|| machine::asks_environment(whole));
        // Each variable of a group has a value of its own.
        let group = whole.named().next().filter(|declared| declared.kind() == Kind::VarDeclaration);
        let spec = site.call.ancestors().filter(|up| up.kind() == Kind::VarSpec).last();
        let own = group.and(spec).unwrap_or(whole);
        let calls = own.descendants().filter(asks("NumCPU")).count();
        let each_round = site
            .purpose
            .condition
            .is_some_and(|clause| cx.has(GoVersion(1, 22)) && counted(clause, site.call, cx).is_none());
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(other.map(|other| format!("line {}", other.line())), "beside-gomaxprocs")
            .keep_for(site.purpose.capacity.clone(), "host-capacity")
            .keep_for(pins(whole), "pins-threads")
            .keep_if(site.purpose.buffers, "buffers")
            .keep_for(waits(site), "waits")
            .keep_if(site.purpose.scaled, "has-a-factor")
            .keep_if(cx.qualified("runtime", "GOMAXPROCS", site.callee).is_none(), "not-nameable")
            .lower_if(calls > 1, Applicability::Advice, "asked-twice")
            .lower_for(asked_elsewhere(whole, cx.package()), Applicability::Advice, "asked-twice")
            .lower_if(site.purpose.stored, Applicability::Advice, "stored")
            .lower_for(explained(site.call, whole), Applicability::Advice, "explained")
            .lower_if(promised(whole), Applicability::Advice, "explained")
            .lower_if(each_round, Applicability::Advice, "read-each-round")
    }

    fn diagnose<'t>(site: &NumCpuForParallelismSite<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let limit = if cx.go().is_none_or(|go| go >= GoVersion(1, 25)) {
            "by that limit"
        } else {
            "which follows the variable GOMAXPROCS, and from Go 1.25 that limit too"
        };
        Diagnostic {
            span: site.call.span(),
            message: format!("`runtime.NumCPU()` sizes {}", site.purpose.sizes),
            why: format!(
                "it counts the processors of the machine and knows nothing of a container's CPU limit; \
                 `runtime.GOMAXPROCS(0)` is how many goroutines can run at once, {limit}"
            ),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &NumCpuForParallelismSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let Some(ask) = cx.qualified("runtime", "GOMAXPROCS", site.callee) else { return };
        let clause = site.purpose.condition.filter(|_| cx.has(GoVersion(1, 22)));
        match clause.and_then(|clause| counted(clause, site.call, cx).map(|index| (clause, index))) {
            Some((clause, Some(index))) => fix.replace_node(clause, format!("{index} := range {ask}(0)")),
            Some((clause, None)) => fix.replace_node(clause, format!("range {ask}(0)")),
            None => fix.replace_node(site.call, format!("{ask}(0)")),
        }
    }
}

/// For `i := 0; i < runtime.NumCPU(); i++` with an `i` that only the clause changes, what
/// `range` declares: `i`, or nothing where the body does not look at it.
fn counted<'t>(clause: Node<'t>, call: Node<'t>, cx: &Cx<'t>) -> Option<Option<&'t str>> {
    let (init, condition, update) = (clause.initializer()?, clause.condition()?, clause.update()?);
    let plain = condition.kind() == Kind::BinaryExpression
        && condition.operator().is_some_and(|operator| operator.kind() == Kind::Less)
        && condition.right() == Some(call);
    let zero =
        init.kind() == Kind::ShortVarDeclaration && init.right().is_some_and(|right| right.text() == "0");
    let index = init.left().filter(|left| left.named().count() == 1)?.named().next()?;
    let steps = update.kind() == Kind::IncStatement
        && update.named().next().is_some_and(|it| it.text() == index.text());
    let compares = condition.left().is_some_and(|left| left.text() == index.text());
    let local = scope::local(index.text(), update).filter(|local| local.kind == LocalKind::Loop)?;
    let inner: Vec<Node<'t>> = scope::mentions(local).into_iter().filter(|at| !clause.holds(*at)).collect();
    let kept = !inner.iter().any(|at| is_written(*at) || gives_address(*at));
    // A file can stay with the variables of Go before 1.22.
    let header = cx.file.outline().header.of(cx.file.text());
    let bare = !cx.has_comment(clause);
    (plain && zero && steps && compares && kept && bare && !header.contains("go1."))
        .then(|| (!inner.is_empty()).then(|| index.text()))
}

/// Another declaration that asks for the number and shares a field or a variable of the
/// package with `whole`: one starts the workers, the other waits for each.
fn asked_elsewhere(whole: Node<'_>, package: &Package) -> Option<String> {
    let asks = |node: Node<'_>| {
        node.is(&[Kind::SelectorExpression, Kind::Identifier]) && is_symbol(node, "runtime", "NumCPU")
    };
    let mut shared: Option<HashSet<&str>> = None;
    for file in package.files().filter(|file| !file.is_test() && file.may_name("NumCPU")) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if !decl.span.of(file.text()).contains("NumCPU") {
                continue;
            }
            let Some(root) = file.decl(index).filter(|root| *root != whole) else { continue };
            let shared = shared.get_or_insert_with(|| state(whole, package));
            if let Some(call) = root.descendants().find(|node| asks(*node))
                && !state(root, package).is_disjoint(shared)
            {
                let name = file.path().file_name().unwrap_or_default().to_string_lossy();
                return Some(format!("line {} of {name}", call.line()));
            }
        }
    }
    None
}

/// The fields and the variables of the package by which `code` counts workers or hands something
/// to them: channels, slots, counters, and what is given the number.
fn state<'t>(code: Node<'t>, package: &Package) -> HashSet<&'t str> {
    const COUNTS: &[&str] = &["Add", "Done", "Wait", "Acquire", "TryAcquire", "Release"];
    let numbers = |node: Node<'t>| {
        node.descendants().any(|node| callee(node).is_some_and(|it| is_symbol(it, "runtime", "NumCPU")))
    };
    let carries = |name: Node<'t>| {
        let selected = name.parent().filter(|up| up.field() == Some(name));
        let value = selected.unwrap_or(name);
        let Some(up) = value.parent() else { return false };
        match up.kind() {
            Kind::SendStatement => up.named().next() == Some(value),
            Kind::UnaryExpression => up.operator().is_some_and(|operator| operator.kind() == Kind::Arrow),
            Kind::IndexExpression => up.operand() == Some(value),
            Kind::RangeClause => up.right() == Some(value),
            Kind::SelectorExpression => up.field().is_some_and(|field| COUNTS.contains(&field.text())),
            Kind::VarSpec => up.name() == Some(value) && numbers(up),
            Kind::LiteralElement => {
                up.parent().is_some_and(|pair| pair.named().next() == Some(up) && numbers(pair))
            }
            Kind::ExpressionList => {
                up.parent().is_some_and(|statement| statement.left() == Some(up) && numbers(statement))
            }
            _ => false,
        }
    };
    let kept = |node: &Node<'t>| match node.kind() {
        Kind::FieldIdentifier => node.parent().is_none_or(|selector| {
            selector.parent().is_none_or(|call| call.function() != Some(selector))
                && package_of(selector).is_none()
                && selector.kind() != Kind::MethodDeclaration
        }),
        Kind::Identifier => {
            let outer = matches!(scope::resolve(*node), Def::TopLevel(_) | Def::Outside);
            let declared = || package.declarations(node.text());
            // The key of a literal is a field.
            let key = || {
                node.ancestors().find(|up| up.kind() != Kind::LiteralElement).is_some_and(|pair| {
                    pair.kind() == Kind::KeyedElement
                        && pair.named().next().is_some_and(|key| key.holds(*node))
                })
            };
            outer && (declared().iter().any(|found| found.kind() == Kind::VarDeclaration) || key())
        }
        _ => false,
    };
    code.descendants().filter(|node| carries(*node) && kept(node)).map(Node::text).collect()
}

/// The name around the number that says that the work waits: of what is sized, called, made or
/// assigned, or of the function.
fn waits(site: &NumCpuForParallelismSite<'_>) -> Option<String> {
    let name = |up: Node<'_>| match up.kind() {
        Kind::CallExpression => callee(up).map(Node::text).and_then(purpose::waits),
        Kind::CompositeLiteral => up.ty().map(Node::text).and_then(purpose::waits),
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
            up.left().map(Node::text).and_then(purpose::waits)
        }
        Kind::KeyedElement => up.named().next().map(Node::text).and_then(purpose::waits),
        Kind::VarSpec | Kind::FunctionDeclaration | Kind::MethodDeclaration => {
            up.name().map(Node::text).and_then(purpose::waits)
        }
        _ => None,
    };
    site.purpose.waits.clone().or_else(|| site.call.ancestors().find_map(name))
}

/// What in the declaration binds workers to processors.
fn pins(whole: Node<'_>) -> Option<String> {
    const WORDS: &[&str] = &["LockOSThread", "SchedSetaffinity", "SetThreadAffinityMask"];
    let named = |node: &Node<'_>| {
        node.is(&[Kind::Identifier, Kind::FieldIdentifier])
            && (WORDS.contains(&node.text()) || node.text().to_lowercase().contains("affinity"))
    };
    whole.descendants().find(named).map(|node| format!("`{}` on line {}", node.text(), node.line()))
}

/// Whether the documentation of the declaration names the function whose answer it is.
fn promised(whole: Node<'_>) -> bool {
    whole.named().next().is_some_and(|declared| comments::beside(declared).contains("NumCPU"))
}

/// A comment at the place, or at the declaration of a package's variable, that speaks of the number.
fn explained(call: Node<'_>, whole: Node<'_>) -> Option<String> {
    const WORDS: &[&str] = &[
        "cpu",
        "core",
        "processor",
        "descriptor",
        "open files",
        "i/o",
        "hyper",
        "container",
        "quota",
        "machine",
        "host",
        "gomaxprocs",
        "benchmark",
    ];
    let statement = call.ancestors().find(|up| {
        up.kind().is_statement()
            || up.is(&[Kind::ShortVarDeclaration, Kind::VarDeclaration, Kind::KeyedElement])
    });
    let comment = comments::beside(statement.unwrap_or(whole)).to_lowercase();
    WORDS.iter().find(|word| comment.contains(**word)).map(|word| format!("a comment speaks of `{word}`"))
}
