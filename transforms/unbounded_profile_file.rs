//! Says where each run, or each iteration of a loop, leaves another profile on the disk.
//! ```go
//! func profiles(dir string) error {
//! 	for range time.Tick(5 * time.Minute) {
//! 		name := fmt.Sprintf("%s/heap-%d.pprof", dir, time.Now().Unix())
//! 		f, err := os.Create(name)
//! 		if err != nil {
//! 			return err
//! 		}
//! 		if err := pprof.WriteHeapProfile(f); err != nil {
//! 			return err
//! 		}
//! 		if err := f.Close(); err != nil {
//! 			return err
//! 		}
//! 	}
//! 	return nil
//! }
//! ```
//! better:
//! ```go
//! func profiles(dir string) error {
//! 	for n := 0; ; n++ {
//! 		time.Sleep(5 * time.Minute)
//! 		f, err := os.Create(fmt.Sprintf("%s/heap-%d.pprof", dir, n%10))
//! 		if err != nil {
//! 			return err
//! 		}
//! 		if err := pprof.WriteHeapProfile(f); err != nil {
//! 			return err
//! 		}
//! 		if err := f.Close(); err != nil {
//! 			return err
//! 		}
//! 	}
//! }
//! ```
//! # Why
//! Nothing bounds the number of the files. Nor is one of them bounded when nothing stops the
//! recording: a trace grows at up to 34 MB/s (measured with Go 1.26). A CPU profile that is
//! never stopped does not fill the disk: its file stays empty, and a full disk is ignored
//! silently; but each run leaves such a file.
//! # Guards
//! - `test-code`, keep: a test's files are somebody else's business.
//! - `pruned`, keep: the package removes, renames, rotates or sends away files.
//! - `never-stopped`, advice: nothing in the package stops the recording, and each run
//!   writes to a file with another name. Record for a bounded time, and remove old files.
//! - `never-pruned`, advice: an endless loop writes a file with another name in each iteration.
//!   Use a fixed number of names, or remove the oldest.
//! # Known limits
//! A name varies when the time, the process id or a counter goes into it. What another
//! program (logrotate, tmpreaper) removes cannot be seen.

use crate::model::effects::function_of;
use crate::model::imports::{arguments, callee, is_call, is_symbol};
use crate::model::recording::{CPU_PROFILE, Recorder, TRACE, first_value, loop_around, variable};
use crate::model::scope::{self, Def, LocalKind};
use crate::model::words::words;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::{Kind, Node};

/// Advises to bound the number of profiles on the disk.
pub struct UnboundedProfileFile;

/// A profile or trace written to a file that is called otherwise each time.
pub struct UnboundedProfileFileSite<'t> {
    /// The call that starts or writes it.
    call: Node<'t>,
    /// The call that makes the file.
    made: Node<'t>,
    /// The loop that does so for ever; `None` for a recording that nothing stops.
    again: Option<Node<'t>>,
    trace: bool,
}

const PPROF: &str = "runtime/pprof";

impl Transform for UnboundedProfileFile {
    type Site<'t> = UnboundedProfileFileSite<'t>;
    const META: Meta = Meta {
        id: "unbounded-profile-file",
        title: "bound the number of profiles on the disk",
        group: Group::Profiles,
        seeds: &["OPT 13"],
        triggers: &[
            Symbol { path: CPU_PROFILE.path, name: CPU_PROFILE.start },
            Symbol { path: PPROF, name: "WriteHeapProfile" },
            Symbol { path: PPROF, name: "Lookup" },
            Symbol { path: TRACE.path, name: TRACE.start },
        ],
        guards: &["test-code", "pruned", "never-stopped", "never-pruned"],
        yields_to: &["trace-without-stop", "cpu-profile-without-stop"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<UnboundedProfileFileSite<'t>> {
        let (call, recorder) = written(mention)?;
        let made = file_of(arguments(call).next()?)?;
        let name = arguments(made).next()?;
        varies(name, 3).then_some(())?;
        let again = endless_around(call, cx);
        let unstopped = || recorder.is_some_and(|recorder| recorder.stopped(cx.package()).is_none());
        (again.is_some() || unstopped()).then_some(UnboundedProfileFileSite {
            call,
            made,
            again,
            trace: recorder == Some(TRACE),
        })
    }

    fn judge<'t>(site: &UnboundedProfileFileSite<'t>, cx: &Cx<'t>) -> Verdict {
        Verdict::of(Applicability::Advice)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_seen(|| pruned(cx), "pruned")
            .named(if site.again.is_some() { "never-pruned" } else { "never-stopped" })
    }

    fn diagnose<'t>(site: &UnboundedProfileFileSite<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let (message, why) = match (site.again, site.trace) {
            (Some(_), _) => (
                "each iteration of the loop leaves another profile on the disk",
                "nothing in the package removes one; use a fixed number of names, or remove the oldest",
            ),
            (None, true) => (
                "each run leaves another trace on the disk, of any size",
                "nothing stops it, so it grows by up to 34 MB/s; record for a bounded time, and remove old files",
            ),
            (None, false) => (
                "each run leaves another file for a CPU profile, and nothing writes it",
                "a CPU profile is written when it is stopped (0 bytes measured without); record for a bounded \
                 time, stop it, and remove old files",
            ),
        };
        let file = (site.made.span(), "the file's name varies".to_owned());
        let again = site.again.map(|again| (again.span(), "again and again".to_owned()));
        Diagnostic {
            span: site.call.span(),
            message: message.into(),
            why: why.into(),
            severity: Severity::Warning,
            labels: [file].into_iter().chain(again).collect(),
        }
    }
}

/// The call that writes to its first argument: `StartCPUProfile(f)`,
/// `WriteHeapProfile(f)`, `Lookup("heap").WriteTo(f, 0)`.
fn written<'t>(mention: Node<'t>) -> Option<(Node<'t>, Option<Recorder>)> {
    let call = mention.parent().filter(|call| callee(*call) == Some(mention))?;
    for recorder in [CPU_PROFILE, TRACE] {
        if is_call(call, recorder.path, recorder.start) {
            return Some((call, Some(recorder)));
        }
    }
    if is_call(call, PPROF, "WriteHeapProfile") {
        return Some((call, None));
    }
    let write = call.parent().filter(|selector| selector.operand() == Some(call))?;
    let outer = write.parent().filter(|outer| callee(*outer) == Some(write))?;
    write.field().filter(|name| name.text() == "WriteTo").map(|_| (outer, None))
}

/// The `os.Create` or `os.OpenFile` that made what is written to.
fn file_of<'t>(writer: Node<'t>) -> Option<Node<'t>> {
    let made = first_value(variable(writer)?)?;
    let creates = |call: &Node<'t>| {
        callee(*call)
            .is_some_and(|callee| ["Create", "OpenFile"].iter().any(|name| is_symbol(callee, "os", name)))
    };
    // `bufio.NewWriter(f)`
    let inner = || {
        let under = arguments(made).next()?;
        first_value(variable(under)?)
    };
    Some(made).filter(creates).or_else(|| inner().filter(creates))
}

/// Whether the name that `expression` gives is another one each time: the time,
/// the process or a counter goes into it.
fn varies(expression: Node<'_>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    const WORDS: &[&str] = &["today", "now", "date", "timestamp", "time", "unix", "uuid", "stamp"];
    expression.descendants().any(|node| match node.kind() {
        Kind::CallExpression => callee(node).is_some_and(|callee| {
            let name = callee.field().unwrap_or(callee).text();
            is_symbol(callee, "os", "Getpid")
                || is_symbol(callee, "time", "Now")
                || words(name).iter().any(|word| WORDS.contains(&word.as_str()))
        }),
        Kind::Identifier => match scope::resolve(node) {
            // A remainder bounds how many there are.
            Def::Local(local) if local.kind == LocalKind::Loop => !node
                .ancestors()
                .take_while(|up| up.is(&[Kind::BinaryExpression, Kind::ParenthesizedExpression]))
                .any(|up| up.operator().is_some_and(|operator| operator.kind() == Kind::Remainder)),
            Def::Local(local) => {
                let value = || first_value(local).is_some_and(|value| varies(value, depth));
                words(node.text()).iter().any(|word| WORDS.contains(&word.as_str())) || value()
            }
            _ => false,
        },
        _ => false,
    })
}

/// The endless loop around the call, or around a call of its function in the
/// same file.
fn endless_around<'t>(call: Node<'t>, cx: &Cx<'t>) -> Option<Node<'t>> {
    if let Some(again) = loop_around(call) {
        return is_endless(again).then_some(again);
    }
    let name = function_of(call).and_then(|function| function.name())?.text();
    let file = cx.file;
    let decls = file.outline().decls.iter().enumerate();
    let naming = decls.filter(|(_, decl)| decl.span.of(file.text()).contains(name));
    naming.filter_map(|(index, _)| file.decl(index)).find_map(|root| {
        root.descendants()
            .filter(|node| {
                callee(*node).is_some_and(|callee| callee.field().unwrap_or(callee).text() == name)
            })
            .find_map(|node| loop_around(node).filter(|again| is_endless(*again)))
    })
}

/// Whether a loop has no end in sight: without a condition, or over the ticks of
/// a clock. One that waits for a signal writes when somebody asks it to.
fn is_endless(statement: Node<'_>) -> bool {
    let asked = statement.descendants().any(|node| {
        let awaited = node.operand().filter(|_| node.text().starts_with("<-"));
        let made = awaited.and_then(variable).and_then(first_value);
        made.is_some_and(|made| made.descendants().any(|of| is_symbol(of, "os", "Signal")))
    });
    if asked {
        return false;
    }
    let Some(header) = statement.named().next() else { return false };
    match header.kind() {
        Kind::Block => true,
        Kind::ForClause => header.condition().is_none(),
        Kind::RangeClause => header.right().is_some_and(|over| {
            over.descendants().any(|node| {
                (node.kind() == Kind::FieldIdentifier && node.text() == "C")
                    || is_symbol(node, "time", "Tick")
            })
        }),
        _ => false,
    }
}

/// What in the package takes files away.
fn pruned(cx: &Cx<'_>) -> Option<String> {
    const WORDS: &[&str] = &["prune", "rotate", "rotated", "upload", "cleanup", "lumberjack", "retention"];
    cx.package().files().find_map(|file| {
        let decls = 0..file.outline().decls.len();
        let found = decls.filter_map(|index| file.decl(index)).find_map(|root| {
            root.descendants().find(|node| match node.kind() {
                Kind::SelectorExpression => ["Remove", "RemoveAll", "Rename", "Truncate"]
                    .iter()
                    .any(|name| is_symbol(*node, "os", name)),
                Kind::Identifier | Kind::FieldIdentifier => {
                    words(node.text()).iter().any(|word| WORDS.contains(&word.as_str()))
                }
                _ => false,
            })
        })?;
        let name = file.path().file_name()?.to_string_lossy().into_owned();
        Some(format!("`{}` in {name}:{}", found.text(), found.line()))
    })
}
