//! Makes room for a stack that a fixed buffer would cut off unseen.
//! ```go
//! func guard(work func()) {
//! 	defer func() {
//! 		if r := recover(); r != nil {
//! 			buf := make([]byte, 4096)
//! 			n := runtime.Stack(buf, false)
//! 			log.Printf("panic: %v\n%s", r, buf[:n])
//! 		}
//! 	}()
//! 	work()
//! }
//! ```
//! becomes
//! ```go
//! func guard(work func()) {
//! 	defer func() {
//! 		if r := recover(); r != nil {
//! 			buf := debug.Stack()
//! 			log.Printf("panic: %v\n%s", r, buf)
//! 		}
//! 	}()
//! 	work()
//! }
//! ```
//! # Why
//! `runtime.Stack` fills the buffer and says how much it wrote, never that there was
//! more. Measured with Go 1.26: 1,020 bytes were kept of a stack of 10,300, and 22 of
//! 2,001 goroutines in 4 KiB. `debug.Stack` grows its buffer until the text of this
//! goroutine fits. For all goroutines a loop does so. A smaller buffer is no cheaper: the world
//! stands still for the whole walk (12 ms with 10,000 goroutines in 64 KiB), so the loop starts
//! with 1 MiB at least.
//! # Unsafe
//! More text is shown than before. That of `debug.Stack` begins with its own frame, two
//! lines that `runtime.Stack` does not have. For all goroutines the loop doubles the buffer
//! until the dump fits, and stops the world at each try; a dump of 100,000 goroutines can
//! take more than 50 MB.
//! # Guards
//! - `test-code`, keep: a test's dump is read once.
//! - `overflow-checked`, keep: the function looks at how full the buffer is, or fills
//!   another.
//! - `first-line`, keep: the buffer has room for little more than `goroutine 7 [running]:`, which
//!   is what the code is after.
//! - `large-enough`, keep: a stack shows at most its 50 innermost and 50 outermost
//!   frames, 15 KB where that was measured and twice that with very long names, and the buffer has 32 KiB or more; for all goroutines 16 MiB
//!   or more.
//! - `size-chosen`, keep: the size is a parameter, a field, a variable or a constant of the
//!   package, a name or comment speaks of a limit, or a comment beside the buffer states its size: somebody
//!   decided how much to show. Where `room-for-few` speaks, it does.
//! - `taken-apart`, keep: code searches, splits or cuts the text of its own goroutine, and
//!   the frame of `debug.Stack` would be in its way.
//! - `room-for-few`, advice: all goroutines are asked for and the buffer, below 16 KiB,
//!   holds a handful. Either `false` is meant, or a dump of every goroutine.
//! - `buffer-reused`, advice: the buffer is made elsewhere than beside the call, perhaps to be
//!   used again.
//! - `odd-shape`, advice: an array cannot grow, or the text is used in a way that the
//!   rewrite does not know.
//! - `not-nameable`, advice: `len` or `make` means something else here.
//! # Known limits
//! Only buffers that a function declares with their size are looked at, and only calls
//! whose second argument is `true` or `false`. Where a text is stored or sent, nobody
//! looks at who reads it.

pub(super) mod capture;

use self::capture::{BufferForm, Capture};
use crate::model::constant;
use crate::model::scope::{self, Def};
use crate::model::words::words;
use crate::rewrite::{
    Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict,
    is_alone_on_its_lines,
};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::stack_text::taken_apart;

/// Replaces a fixed buffer for a stack by `debug.Stack()` or a growing one.
pub struct StackFixedBuffer;

/// The largest buffer that is meant for the first line alone, in bytes.
const FIRST_LINE: i64 = 128;
/// What the stack of one goroutine never fills, in bytes: twice what 100 frames
/// with long names took.
const LARGE_FOR_ONE: i64 = 32 << 10;
/// What the longest text of one goroutine took when it was measured, in bytes.
const MEASURED_FOR_ONE: i64 = 15_000;
/// What a dump of all goroutines starts with, in bytes.
const START_FOR_ALL: i64 = 1 << 20;
/// A buffer that was made large for all goroutines on purpose, in bytes.
const LARGE_FOR_ALL: i64 = 16 << 20;
/// What holds no more than a handful of goroutines, in bytes.
const ROOM_FOR_FEW: i64 = 16 << 10;

impl Transform for StackFixedBuffer {
    type Site<'t> = Capture<'t>;
    const META: Meta = Meta {
        id: "stack-fixed-buffer",
        title: "make room for the whole stack",
        group: Group::Profiles,
        seeds: &["SEN 7", "PKG"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: "runtime", name: "Stack" }],
        guards: &[
            "test-code",
            "overflow-checked",
            "first-line",
            "large-enough",
            "size-chosen",
            "taken-apart",
            "room-for-few",
            "buffer-reused",
            "odd-shape",
            "not-nameable",
        ],
        yields_to: &["stack-all-polled"],
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Capture<'t>> {
        let capture = Capture::at(mention, cx.package())?;
        // A call for its cost alone shows no text.
        let only = |node: &Node<'t>| *node == capture.buffer.name || capture.call.holds(*node);
        let shown = matches!(capture.form, BufferForm::Sliced(_))
            || scope::mentions(capture.buffer).iter().any(|mention| !only(mention));
        shown.then_some(capture)
    }

    fn judge<'t>(site: &Capture<'t>, cx: &Cx<'t>) -> Verdict {
        let size = constant::integer(site.size, cx.package());
        let fits = |limit: i64| size.is_some_and(|size| size >= limit);
        let large = fits(if site.all { LARGE_FOR_ALL } else { LARGE_FOR_ONE });
        let texts = site.texts();
        let apart = || {
            let mut texts = texts.iter().flatten().filter(|_| !site.all);
            texts.find_map(|text| taken_apart(*text, cx.package())).map(seen)
        };
        let few = site.all && !fits(ROOM_FOR_FEW);
        let together = site.all || site.is_together();
        let unnameable = ["len", "make"].iter().find(|name| site.all && !cx.is_predeclared(name, site.call));
        Verdict::of(Applicability::Unsafe)
            .keep_for(cx.test_code(site.call), "test-code")
            .keep_for(site.checked(cx.package()).map(seen), "overflow-checked")
            .keep_if(size.is_some_and(|size| size <= FIRST_LINE), "first-line")
            .keep_if(large, "large-enough")
            .keep_for(chosen(site, size).filter(|_| !few), "size-chosen")
            .keep_seen(apart, "taken-apart")
            .lower_if(few, Applicability::Advice, "room-for-few")
            .lower_if(texts.is_none() || !is_growable(site), Applicability::Advice, "odd-shape")
            .lower_if(!together, Applicability::Advice, "buffer-reused")
            .lower_for(unnameable.map(|name| (*name).to_owned()), Applicability::Advice, "not-nameable")
    }

    fn diagnose<'t>(site: &Capture<'t>, _: &Verdict, cx: &Cx<'t>) -> Diagnostic {
        let bytes = constant::integer(site.size, cx.package());
        let size = bytes.map_or(format!("{} bytes", site.size.text()), in_words);
        let what = if site.all { "a dump of all goroutines" } else { "a stack" };
        let why = if site.all && bytes.is_some_and(|size| size >= START_FOR_ALL) {
            "nothing says that goroutines are missing; double the buffer until the \
             dump fits, or write it with `pprof.Lookup(\"goroutine\").WriteTo(w, 2)`"
        } else if site.all {
            "nothing says that goroutines are missing (of 2,001 a buffer of 4 KiB kept 22), and a small buffer \
             does not shorten the pause; start with 1 MiB or more and double it until the dump fits, or write it \
             with `pprof.Lookup(\"goroutine\").WriteTo(w, 2)`"
        } else if bytes.is_some_and(|size| size >= MEASURED_FOR_ONE) {
            "nothing says that frames are missing (100 frames took 15 KB when measured; longer names and paths \
             take more); `debug.Stack()` makes room for all of it"
        } else {
            "nothing says that frames are missing (1,020 bytes kept of 10,300 measured); `debug.Stack()` makes \
             room for all of it"
        };
        Diagnostic {
            span: site.call.span(),
            message: format!("{what} that does not fit into {size} is cut off unseen"),
            why: why.into(),
            severity: if site.all { Severity::Warning } else { Severity::Note },
            labels: vec![(site.made.span(), "the buffer".into())],
        }
    }

    fn rewrite<'t>(site: &Capture<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        if site.all {
            grow(site, cx, fix);
        } else {
            whole_stack(site, cx, fix);
        }
    }
}

/// `2 MiB`, `4 KiB`, `1000 bytes`
fn in_words(bytes: i64) -> String {
    let units = [(1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.iter().find(|(unit, _)| bytes >= *unit && bytes % unit == 0) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

/// Why somebody seems to have decided how much to show.
fn chosen(site: &Capture<'_>, size: Option<i64>) -> Option<String> {
    if size.is_none() {
        return Some(seen(site.size));
    }
    let names = site.size.descendants().filter(|node| node.kind() == Kind::Identifier);
    let named = names.into_iter().find(|name| {
        let of_package = !matches!(scope::resolve(*name), Def::Local(_));
        of_package && !matches!(name.text(), "int" | "int64") || speaks_of_limit(name.text())
    });
    let comments = || {
        let around = site.made.line().saturating_sub(1)..=site.call.line();
        let root = site.call.ancestors().last()?;
        root.descendants().find(|node| {
            let speaks = || speaks_of_limit(node.text()) || states_size(node.text());
            node.kind() == Kind::Comment && around.contains(&node.line()) && speaks()
        })
    };
    let buffer = || Some(site.buffer.name).filter(|name| speaks_of_limit(name.text()));
    named.or_else(buffer).or_else(comments).map(seen)
}

fn speaks_of_limit(text: &str) -> bool {
    const LIMITS: &[&str] = &[
        "max", "maximum", "limit", "limits", "limited", "cap", "capped", "bound", "bounded", "most",
        "truncate",
    ];
    const STEMS: &[&str] = &["trunc", "enough", "first"];
    words(text)
        .iter()
        .any(|word| LIMITS.contains(&word.as_str()) || STEMS.iter().any(|stem| word.starts_with(stem)))
}

/// Whether the text states a number of bytes: `64 KB buffer`.
fn states_size(text: &str) -> bool {
    const UNITS: &[&str] = &["k", "kb", "kib", "kbyte", "kbytes", "mb", "mib", "byte", "bytes"];
    let text = text.to_lowercase();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ',' || c == '_');
        let behind = rest.trim_start_matches([' ', '-']);
        let unit = behind.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        if UNITS.contains(&unit) {
            return true;
        }
    }
    false
}

/// Whether the rewrite knows what to do with this form.
fn is_growable(site: &Capture<'_>) -> bool {
    match site.form {
        BufferForm::Other => false,
        _ if !site.all => true,
        _ if site.is_array => false,
        BufferForm::Counted(statement, _) => is_alone_on_its_lines(statement),
        // A new variable must not be jumped over.
        _ if site.jumps() => false,
        BufferForm::Sliced(text) => statement_of(text).is_some(),
        _ => site.statement().is_some_and(is_alone_on_its_lines),
    }
}

/// The statement that `text` is always evaluated in, when lines can be written
/// before it.
fn statement_of(text: Node<'_>) -> Option<Node<'_>> {
    let statement = text.ancestors().find(|up| {
        !up.is(&[
            Kind::ParenthesizedExpression,
            Kind::ArgumentList,
            Kind::CallExpression,
            Kind::ExpressionList,
        ]) && !up.is(&[Kind::TypeConversionExpression])
    })?;
    let plain = statement.is(&[
        Kind::ExpressionStatement,
        Kind::ReturnStatement,
        Kind::ShortVarDeclaration,
        Kind::AssignmentStatement,
    ]);
    let listed = statement.parent().is_some_and(|list| list.kind() == Kind::StatementList);
    (plain && listed && is_alone_on_its_lines(statement)).then_some(statement)
}

/// Writes the loop that doubles the buffer.
fn grow<'t>(site: &Capture<'t>, cx: &Cx<'t>, fix: &mut Fix) {
    let buffer = site.buffer.name.text();
    let call = site.call.text();
    let count = match site.form {
        BufferForm::Counted(_, count) => count.name.text().to_owned(),
        _ => {
            fix.claim(site.call);
            cx.fresh_name(&["n", "size", "filled"], site.call)
        }
    };
    let read = format!("{count} := {call}");
    let made = site.size.parent().and_then(|arguments| arguments.named().next()).map_or("[]byte", Node::text);
    let grown = [
        format!("for {count} == len({buffer}) {{"),
        format!("\t{buffer} = make({made}, 2*len({buffer}))"),
        format!("\t{count} = {call}"),
        "}".to_owned(),
    ];
    let cut = format!("{buffer} = {buffer}[:{count}]");
    let behind: Vec<String> = grown.iter().cloned().chain([cut]).collect();
    fix.set_title("double the buffer until the dump fits");
    if constant::integer(site.size, cx.package()).is_some_and(|size| size < START_FOR_ALL) {
        fix.replace_node(site.size, "1<<20");
        drop_constants(site, fix);
    }
    match site.form {
        BufferForm::Counted(statement, _) => fix.insert_after(statement, &grown),
        BufferForm::Cut(statement) | BufferForm::Dropped(statement) => {
            fix.replace_node(statement, read);
            fix.insert_after(statement, &behind);
        }
        BufferForm::Sliced(text) => {
            let Some(statement) = statement_of(text) else { return };
            let before: Vec<String> = [read].into_iter().chain(grown).collect();
            fix.insert_before(statement, &before);
            fix.replace_node(site.call, count);
        }
        BufferForm::Other => {}
    }
}

/// Deletes the constants of the function that nothing but the size needs.
fn drop_constants(site: &Capture<'_>, fix: &mut Fix) {
    for name in site.size.descendants().filter(|node| node.kind() == Kind::Identifier) {
        if let Def::Local(size) = scope::resolve(name)
            && scope::mentions(size).len() == 2
            && let Some(constant) = size.name.ancestors().find(|up| up.kind() == Kind::ConstDeclaration)
            && constant.named().count() == 1
        {
            fix.delete_statement(constant, &[]);
        }
    }
}

/// Lets `debug.Stack` make the buffer.
fn whole_stack<'t>(site: &Capture<'t>, cx: &Cx<'t>, fix: &mut Fix) {
    let debug = fix.import("runtime/debug", site.call, cx);
    let buffer = site.buffer.name.text();
    fix.set_title("let `debug.Stack` make the buffer");
    fix.delete_statement(site.made, &["buffer", "room", "bytes", "kb", "kib"]);
    drop_constants(site, fix);
    if let BufferForm::Sliced(text) = site.form {
        fix.replace_node(text, format!("{debug}.Stack()"));
        return;
    }
    let Some(statement) = site.statement() else { return };
    fix.replace_node(statement, format!("{buffer} := {debug}.Stack()"));
    if let Some(shortened) = site.shortened {
        fix.delete_statement(shortened, &[]);
    }
    for text in site.texts().into_iter().flatten().filter(|text| text.kind() == Kind::SliceExpression) {
        fix.replace_node(text, buffer);
    }
}

fn seen(node: Node<'_>) -> String {
    let text: String = node.text().lines().next().unwrap_or_default().chars().take(40).collect();
    format!("`{text}` on line {}", node.line())
}
