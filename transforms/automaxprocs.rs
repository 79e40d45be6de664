//! Drops automaxprocs where the runtime itself follows the container's CPU limit.
//! ```go
//! import (
//! 	"log"
//!
//! 	_ "go.uber.org/automaxprocs"
//! )
//!
//! func main() {
//! 	log.Print("ready")
//! }
//! ```
//! becomes
//! ```go
//! import (
//! 	"log"
//! )
//!
//! func main() {
//! 	log.Print("ready")
//! }
//! ```
//! # Why
//! From Go 1.25, with such a `go` line in go.mod, the runtime on Linux takes the number of processors from
//! the cgroup by itself and follows its changes. The package calls `runtime.GOMAXPROCS`
//! once at the start, which ends these updates for good: when the process was left one processor of
//! two, GOMAXPROCS stayed 2 behind such a call, and became 1 without it (Go 1.26). The
//! rule is for containers whose limit changes, not for speed.
//! # Unsafe
//! The number can differ: the runtime rounds a limit up and takes at least 2, the package
//! rounds it down and takes at least 1; and the line that it logs at the start is gone.
//! Run `go mod tidy` afterwards.
//! # Guards
//! - `switched-off`, keep: a `containermaxprocs=0` in the module takes the runtime's own
//!   way away.
//! - `called-by-name`, advice: the package `maxprocs` is called by name; remove the call and what
//!   belongs to it.
//! # Known limits
//! Below Go 1.25 nothing is said here: there the package is the remedy, and `gomend audit` says where
//! it is missing. `GODEBUG` in the environment is not seen.

use crate::model::GoVersion;
use crate::model::imports::{arguments, callee, is_symbol, parenthesized};
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Transform, Verdict, comment_in_text, removal,
};
use crate::syntax::{Import, Kind, Node};

/// Removes the import of automaxprocs.
pub struct Automaxprocs;

/// The import.
pub struct AutomaxprocsSite<'t> {
    import: &'t Import,
}

const BLANK: &str = "go.uber.org/automaxprocs";
const BY_NAME: &str = "go.uber.org/automaxprocs/maxprocs";
const SINCE: GoVersion = GoVersion(1, 25);

impl Transform for Automaxprocs {
    type Site<'t> = AutomaxprocsSite<'t>;
    const META: Meta = Meta {
        id: "automaxprocs",
        title: "leave the CPU limit to the runtime",
        group: Group::Scheduler,
        seeds: &["OPT 8", "SEN 9.1", "PKG"],
        best: Applicability::Unsafe,
        since: Some(SINCE),
        imports: &[BLANK, BY_NAME],
        guards: &["switched-off", "called-by-name"],
        ..Meta::USUAL
    };

    fn import_site<'t>(import: &'t Import, cx: &Cx<'t>) -> Option<AutomaxprocsSite<'t>> {
        // A build constraint does not raise what go.mod says of the runtime.
        let tagged = cx.file.outline().header.of(cx.file.text()).contains("go1.");
        (cx.has(SINCE) && !tagged && !cx.file.is_test()).then_some(AutomaxprocsSite { import })
    }

    fn judge<'t>(site: &AutomaxprocsSite<'t>, cx: &Cx<'t>) -> Verdict {
        let blank =
            site.import.path == BLANK && site.import.name.as_ref().is_some_and(|name| name.text == "_");
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.around.godebug("containermaxprocs", "0", SINCE), "switched-off")
            .lower_if(!blank, Applicability::Advice, "called-by-name")
    }

    fn diagnose<'t>(site: &AutomaxprocsSite<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let call = (verdict.guard() == Some("called-by-name")).then(|| set(cx)).flatten();
        let remedy = match (call, verdict.guard()) {
            (Some(call), _) => {
                let statement = parenthesized(call).parent();
                let bare = statement.is_some_and(|up| up.kind() == Kind::ExpressionStatement);
                match (bare, arguments(call).next()) {
                    (true, None) => "remove the call and the import, then run `go mod tidy`",
                    (true, Some(_)) => {
                        "remove the call with its options and the import, then run `go mod tidy`"
                    }
                    (false, _) => {
                        "remove the call with what handles its results, and the import, then run `go mod tidy`"
                    }
                }
            }
            (None, Some("called-by-name")) => "remove what uses the import, then run `go mod tidy`",
            (None, _) => "run `go mod tidy` after removing the import",
        };
        Diagnostic {
            span: call.map_or(site.import.span, Node::span),
            message: "automaxprocs does what the runtime does from Go 1.25".into(),
            why: format!(
                "the runtime takes the number of processors from the cgroup and follows its changes; the package sets it once \
                 (rounded down, where the runtime rounds up and takes at least 2), which ends the updates; {remedy}"
            ),
            severity: Severity::Note,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &AutomaxprocsSite<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        let outline = cx.file.outline();
        let alone = outline.imports.iter().filter(|other| other.decl == site.import.decl).count() == 1;
        let span = if alone { outline.import_decls[site.import.decl].span } else { site.import.span };
        let words = ["maxprocs", "cgroup", "container", "cpu", "quota", "k8s", "kubernetes"];
        let about = |comment: &str| alone || words.iter().any(|word| comment.contains(word));
        fix.delete(removal(cx.file, span, &about, &|at| comment_in_text(cx.file, at)));
    }
}

/// The first call of `maxprocs.Set` in the file.
fn set<'t>(cx: &Cx<'t>) -> Option<Node<'t>> {
    let roots = (0..cx.file.outline().decls.len()).filter_map(|index| cx.file.decl(index));
    roots
        .flat_map(Node::descendants)
        .find(|node| callee(*node).is_some_and(|it| is_symbol(it, BY_NAME, "Set")))
}
