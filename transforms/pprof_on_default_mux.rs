//! Says where the pages of net/http/pprof are served to more than the machine itself.
//! ```go
//! import (
//! 	"log"
//! 	"net/http"
//! 	_ "net/http/pprof"
//! )
//!
//! func main() {
//! 	log.Fatal(http.ListenAndServe(":8080", nil))
//! }
//! ```
//! better:
//! ```go
//! import (
//! 	"log"
//! 	"net/http"
//! 	_ "net/http/pprof"
//! )
//!
//! func main() {
//! 	go func() {
//! 		log.Print(http.ListenAndServe("localhost:6060", nil))
//! 	}()
//! 	mux := http.NewServeMux()
//! 	log.Fatal(http.ListenAndServe(":8080", mux))
//! }
//! ```
//! # Why
//! The import puts five pages on `http.DefaultServeMux` (a mux of its own has 0), and a
//! server without a handler serves that one. Whoever reaches it can read the command
//! line, the stacks of all goroutines and what the heap holds, and keep a CPU profile or a
//! trace running.
//! # Guards
//! - `opt-in-build`, keep: the file is compiled only when somebody asks for its build tag.
//! - `replaced`, keep: the program puts another mux in the place of `http.DefaultServeMux`.
//! - `loopback`, keep: it is served on a loopback address or a unix socket only, or on
//!   one that a flag can change.
//! - `asked-for`, keep: the server is there for the pages, and is started only where a flag or a setting names
//!   an address, so whoever runs the program asks for it there.
//! - `known-to-gosec`, keep: a comment on the import's line tells gosec, which warns of the same (G108), to let
//!   it be.
//! - `beyond-loopback`, advice: the address can be reached from elsewhere.
//! - `address-not-in-code`, advice: a flag, a setting or a listener gives the address.
//! # Known limits
//! Servers are looked for in the package of the import, and for a `package main` in what it
//! runs of its module. A handler around `http.DefaultServeMux`, or a mux that it is
//! mounted on, may check who asks, and is not a finding. An import under a name
//! registers the pages too, but is there for handlers that the code mounts itself.

use crate::model::imports::callee;
use crate::model::module::opt_in_tag;
use crate::model::program::{Program, is_ignored, may_be_built};
use crate::model::words::words;
use crate::rewrite::{Applicability, Cx, Diagnostic, Group, Meta, Severity, Transform, Verdict};
use crate::syntax::byte_checks::has_word;
use crate::syntax::{File, Import, Kind, Node};
use crate::text::Span;
use crate::transforms::shared::address::AddressCode;
use crate::transforms::shared::servers::{AddressReach, Server, replaced, servers};
use std::path::Path;
use std::sync::Arc;

/// Advises to serve profiles on loopback only.
pub struct PprofOnDefaultMux;

/// The blank import of net/http/pprof in a program that serves
/// `http.DefaultServeMux`.
pub struct PprofOnDefaultMuxSite {
    import: Span,
    /// Where the mux is served.
    place: String,
    /// The same, when it is in the file of the import.
    here: Option<Span>,
    reach: AddressReach,
    replaced: Option<String>,
    /// The server is there for the pages.
    profiling: bool,
    /// The test of an address that lets the server start.
    asked: Option<String>,
}

impl Transform for PprofOnDefaultMux {
    type Site<'t> = PprofOnDefaultMuxSite;
    const META: Meta = Meta {
        id: "pprof-on-default-mux",
        title: "serve profiles on loopback only",
        group: Group::Profiles,
        seeds: &["SEN 3", "SEN 9.1", "PKG"],
        imports: &["net/http/pprof"],
        guards: &[
            "opt-in-build",
            "replaced",
            "loopback",
            "asked-for",
            "known-to-gosec",
            "beyond-loopback",
            "address-not-in-code",
        ],
        ..Meta::USUAL
    };

    fn import_site<'t>(import: &'t Import, cx: &Cx<'t>) -> Option<PprofOnDefaultMuxSite> {
        let blank = import.name.as_ref().is_some_and(|name| name.text == "_");
        if !blank || !may_be_built(cx.file.path()) || cx.file.package().contains("test") {
            return None;
        }
        let site = |found: Found<'_>| {
            let same = found.server.at.file().path() == cx.file.path();
            PprofOnDefaultMuxSite {
                import: import.span,
                place: place(found.server.at, cx.file),
                here: same.then(|| found.server.at.span()),
                reach: found.server.reach,
                profiling: is_for_profiles(found.server.at),
                asked: asked(found.server.at),
                replaced: found.replaced.map(|node| place(node, cx.file)),
            }
        };
        let files: Vec<Arc<File>> = cx
            .package()
            .files()
            .filter(|file| may_be_built(file.path()) && !is_ignored(file.text()))
            .cloned()
            .collect();
        // One server is told of once: at the first import of the package that serves.
        if files.iter().any(|file| file.path() < cx.file.path() && puts_pages(file)) {
            return None;
        }
        let own = find(&|word, importing| saying(word, importing, &files)).map(site);
        if cx.file.package() != "main" || own.as_ref().is_some_and(|own| !own.reach.is_private()) {
            return own;
        }
        let directory = cx.file.path().parent().unwrap_or(Path::new("."));
        let program = Program::load(directory, Arc::new(files), &mut |path| cx.around.imported(path));
        let running = |word: &str, importing: Option<&str>| {
            program.running(word, importing).into_iter().map(|(root, _)| root).collect()
        };
        let told = |found: &Found<'_>| {
            let directory = found.server.at.file().path().parent();
            directory != cx.file.path().parent()
                && directory
                    .is_some_and(|directory| program.files_of(directory).iter().any(|file| puts_pages(file)))
        };
        find(&running).filter(|found| !told(found)).map(site).or(own)
    }

    fn judge<'t>(site: &PprofOnDefaultMuxSite, cx: &Cx<'t>) -> Verdict {
        let private = site.reach.is_private().then(|| site.place.clone());
        let known = matches!(site.reach, AddressReach::Network | AddressReach::NetworkByDefault);
        Verdict::of(Applicability::Advice)
            .keep_for(opt_in_tag(cx.file.text()), "opt-in-build")
            .keep_for(site.replaced.clone(), "replaced")
            .keep_for(private, "loopback")
            .keep_for(site.asked.clone().filter(|_| site.profiling && !known), "asked-for")
            .keep_for(told_to_gosec(site.import, cx.file), "known-to-gosec")
            .named(if known { "beyond-loopback" } else { "address-not-in-code" })
    }

    fn diagnose<'t>(site: &PprofOnDefaultMuxSite, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        let how = match site.reach {
            AddressReach::Network => "beyond loopback",
            AddressReach::NetworkByDefault => "beyond loopback by default",
            AddressReach::Unknown => "at an address that the code does not say",
            AddressReach::Loopback | AddressReach::LoopbackByDefault => "on loopback",
        };
        let known = matches!(site.reach, AddressReach::Network | AddressReach::NetworkByDefault);
        let remedy = if site.profiling && !known {
            "an address without a host (`:6060`) opens them to the network, so say that where the address is \
             set, or add `localhost` where it names no host"
        } else if site.profiling {
            "listen on a loopback address by default (`localhost:6060`), as the server is there for these pages"
        } else {
            "give that server a mux of its own (`http.NewServeMux()`), and serve http.DefaultServeMux on a \
             loopback address only"
        };
        Diagnostic {
            span: site.import,
            message: format!(
                "`net/http/pprof` puts its pages on `http.DefaultServeMux`, which {} serves {how}",
                site.place
            ),
            why: format!(
                "whoever reaches it reads the command line, all stacks and the heap, and can keep a profile \
                 running; {remedy}"
            ),
            severity: if known { Severity::Warning } else { Severity::Note },
            labels: site.here.map(|span| (span, "serves the pages".into())).into_iter().collect(),
        }
    }
}

/// Whether the file itself puts the pages on the mux, in every build.
fn puts_pages(file: &File) -> bool {
    let pages = |import: &Import| {
        import.path == "net/http/pprof" && import.name.as_ref().is_some_and(|name| name.text == "_")
    };
    file.imports().iter().any(pages) && opt_in_tag(file.text()).is_none()
}

/// Whether a name around the server says that it is there for profiles: its address, the condition
/// that starts it, the function.
fn is_for_profiles(server: Node<'_>) -> bool {
    const WORDS: &[&str] = &["pprof", "prof", "profile", "profiles", "profiler", "profiling", "debug"];
    let says = |node: Node<'_>| {
        node.is(&[Kind::Identifier, Kind::FieldIdentifier, Kind::InterpretedStringLiteral])
            && words(node.text()).iter().any(|word| WORDS.contains(&word.as_str()))
    };
    let branch = |up: Node<'_>| match up.kind() {
        Kind::IfStatement => up.condition().is_some_and(|part| part.descendants().any(says)),
        Kind::FunctionDeclaration | Kind::MethodDeclaration => up.name().is_some_and(says),
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
            up.left().is_some_and(|part| part.descendants().any(says))
        }
        _ => false,
    };
    server.descendants().any(says) || server.ancestors().any(branch)
}

/// The test that lets the server start only where somebody has named an address: `addr != ""`.
fn asked(server: Node<'_>) -> Option<String> {
    let is_empty = |node: Node<'_>| matches!(node.text(), "\"\"" | "``");
    let has_length = |node: Node<'_>| callee(node).is_some_and(|called| called.text() == "len");
    let names = |condition: Node<'_>| {
        condition.descendants().any(|part| {
            let (Some(left), Some(operator), Some(right)) = (part.left(), part.operator(), part.right())
            else {
                return false;
            };
            match operator.kind() {
                Kind::NotEqual => {
                    is_empty(left) || is_empty(right) || has_length(left) && right.text() == "0"
                }
                Kind::Greater => has_length(left) && right.text() == "0",
                _ => false,
            }
        })
    };
    let mut below = server;
    for up in server.ancestors() {
        let condition =
            up.condition().filter(|_| up.kind() == Kind::IfStatement && up.consequence() == Some(below));
        if let Some(condition) = condition.filter(|condition| names(*condition)) {
            return Some(format!("`{}` on line {}", condition.text(), condition.line()));
        }
        below = up;
    }
    None
}

/// The comment behind the import that gosec obeys.
fn told_to_gosec(import: Span, file: &File) -> Option<String> {
    let rest = file.text()[import.end..].lines().next()?;
    let (_, comment) = rest.split_once("//").or_else(|| rest.split_once("/*"))?;
    let nolint = comment.trim_start().strip_prefix("nolint:").is_some_and(|linters| {
        let names = linters.split_whitespace().next().unwrap_or_default();
        names.split(',').any(|name| name == "gosec")
    });
    (nolint || comment.contains("#nosec")).then(|| format!("line {}", file.lines().line(import.start)))
}

/// What was found of one piece of code.
struct Found<'p> {
    /// The server that can be reached from furthest.
    server: Server<'p>,
    replaced: Option<Node<'p>>,
}

/// The server of the mux in `code` that the code is certain of and that can be
/// reached from furthest.
fn find<'p>(code: &AddressCode<'_, 'p>) -> Option<Found<'p>> {
    let rank = |server: &Server<'_>| match server.reach {
        AddressReach::Network => 0,
        AddressReach::NetworkByDefault => 1,
        AddressReach::Unknown => 2,
        AddressReach::LoopbackByDefault => 3,
        AddressReach::Loopback => 4,
    };
    let certain = servers(code).into_iter().filter(|server| server.certain);
    let server = certain.min_by_key(rank)?;
    Some(Found { server, replaced: replaced(code) })
}

/// The roots of the declarations in `files` that say `word`.
fn saying<'p>(word: &str, importing: Option<&str>, files: &'p [Arc<File>]) -> Vec<Node<'p>> {
    let mut found = Vec::new();
    let says = |text: &str| has_word(text.as_bytes(), word);
    let imports =
        |file: &File| importing.is_none_or(|path| file.imports().iter().any(|import| import.path == path));
    for file in files.iter().filter(|file| imports(file) && says(file.text())) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            if says(decl.span.of(file.text())) {
                found.extend(file.decl(index));
            }
        }
    }
    found
}

/// `server.go:14`, with its directory when that is not the one of `from`.
fn place(node: Node<'_>, from: &File) -> String {
    let path = node.file().path();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = format!("{}:{}", name(path), node.line());
    match path.parent() {
        Some(directory) if path.parent() != from.path().parent() => format!("{}/{file}", name(directory)),
        _ => file,
    }
}
