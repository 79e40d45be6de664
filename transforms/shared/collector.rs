//! Signs in the code that somebody counts on when the garbage collector runs.
//!
//! They are looked for by name, in the text too: a sign that is no sign keeps a
//! call that could have gone, which costs less than the opposite.

use crate::model::imports::{arguments, is_call, is_symbol};
use crate::model::package::Package;
use crate::model::words::speaks_of;
use crate::syntax::{File, Kind, Node};

/// What a name has, in lower case, that reads or reports the state of the heap.
const HEAP_NAMES: &[&str] = &[
    "memstats",
    "gcstats",
    "heapprofile",
    "heapdump",
    "memprofile",
    "memprof",
    "heapprof",
    "writeprofile",
    "heapalloc",
    "heapinuse",
    "heapobjects",
    "heapsys",
    "numgc",
    "memusage",
    "memoryusage",
    "livebytes",
];

/// What in `code` reads heap state that a collection would make exact: the
/// statistics, a heap profile, a heap dump.
pub fn reads_heap_state(code: Node<'_>) -> Option<String> {
    code.remember("collector: heap state", || {
        code.descendants().find(|node| names_heap_state(*node)).map(seen)
    })
}

/// Whether code with this text may read such state: asked before the code is parsed for it.
pub fn may_read_heap_state(text: &str) -> bool {
    const REST: &[&str] = &["heap", "allocs", "/gc/", "/memory/", "read", "lookup"];
    let lower = text.to_lowercase();
    HEAP_NAMES.iter().chain(REST).any(|word| lower.contains(word))
}

/// Whether the node itself is the name of such state, or reads it.
pub fn names_heap_state(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Identifier | Kind::FieldIdentifier | Kind::TypeIdentifier => {
            let lower = node.text().to_lowercase();
            HEAP_NAMES.iter().any(|name| lower.contains(name))
        }
        // `pprof.Lookup("heap")`, or a helper that is told the same.
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => {
            let text = node.text().trim_matches(['"', '`']);
            matches!(text, "heap" | "allocs") || text.starts_with("/gc/") || text.starts_with("/memory/")
        }
        Kind::SelectorExpression => is_symbol(node, "runtime/metrics", "Read"),
        Kind::CallExpression if is_call(node, "runtime/pprof", "Lookup") => {
            // A profile whose name is worked out may be that of the heap.
            !arguments(node).all(|name| name.kind() == Kind::InterpretedStringLiteral)
        }
        _ => false,
    }
}

/// What in `code` is freed, cleared or run by a collection: finalizers,
/// cleanups, weak pointers, pools.
pub fn hangs_on_collections(code: Node<'_>) -> Option<String> {
    code.remember("collector: hangs", || look_for_hanging(code))
}

fn look_for_hanging(code: Node<'_>) -> Option<String> {
    let names = code.descendants().filter(|node| {
        node.is(&[Kind::Identifier, Kind::FieldIdentifier, Kind::TypeIdentifier, Kind::PackageIdentifier])
    });
    names.into_iter().find_map(|node| {
        let text = node.text();
        let by_name = matches!(text, "SetFinalizer" | "AddCleanup" | "KeepAlive" | "weak")
            || speaks_of(text, &["finalize", "finalizer", "finalizers"]);
        let pool = || {
            text.to_lowercase().contains("pool")
                && node
                    .parent()
                    .and_then(|selector| selector.field())
                    .is_some_and(|method| matches!(method.text(), "Get" | "Put" | "Pool"))
        };
        (by_name || pool()).then(|| seen(node))
    })
}

/// Where any file of the package registers finalizers or cleanups or holds
/// things weakly, or, with `pools`, uses a `sync.Pool`. A file with C code
/// counts: what it allocates is often freed by finalizers.
pub fn package_hangs_on_collections(package: &Package, pools: bool) -> Option<String> {
    let question = if pools { "collector: hangs, pools too" } else { "collector: hangs" };
    package.remember(question, || look_for_package_hanging(package, pools))
}

fn look_for_package_hanging(package: &Package, pools: bool) -> Option<String> {
    package.files().find_map(|file| {
        let text = file.text();
        let imports = |path: &str| crate::model::imports::imports(file, path);
        let found = ["weak", "unique", "C"]
            .into_iter()
            .find(|path| imports(path))
            .map(|path| format!("the import of `{path}`"))
            .or_else(|| {
                let names = ["SetFinalizer", "AddCleanup"];
                let name = names.into_iter().find(|name| text.contains(name)).filter(|_| imports("runtime"));
                name.map(|name| format!("`{name}`"))
            })
            .or_else(|| (pools && imports("sync") && has_word(text, "Pool")).then(|| "`sync.Pool`".into()));
        found.map(|what| format!("{what} in {}", name_of(file)))
    })
}

/// Where a file of the package changes when the collector runs: `SetGCPercent`
/// of a negative number or of what is no constant.
pub fn package_switches_off(package: &Package) -> Option<String> {
    package.remember("collector: switched off", || look_for_switch(package))
}

fn look_for_switch(package: &Package) -> Option<String> {
    package.files().find_map(|file| {
        if !file.text().contains("SetGCPercent") {
            return None;
        }
        let decls = 0..file.outline().decls.len();
        let call = decls.filter_map(|index| file.decl(index)).find_map(|root| {
            root.descendants().find(|node| {
                is_call(*node, "runtime/debug", "SetGCPercent")
                    && !arguments(*node).all(|percent| {
                        // `SetGCPercent(SetGCPercent(50))` puts back what was.
                        percent.kind() == Kind::IntLiteral
                            || is_call(percent, "runtime/debug", "SetGCPercent")
                    })
            })
        })?;
        Some(format!("`{}` on line {} of {}", call.text(), call.line(), name_of(file)))
    })
}

fn has_word(text: &str, word: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), word).any(|at| {
        let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = text.as_bytes();
        !part(at.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(at + word.len()))
    })
}

fn name_of(file: &File) -> String {
    file.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn seen(node: Node<'_>) -> String {
    let whole =
        node.parent().filter(|up| up.is(&[Kind::SelectorExpression, Kind::QualifiedType])).unwrap_or(node);
    format!("`{}` on line {}", whole.text(), whole.line())
}
