//! The lines of the checklist, each with what decides it. They come from the
//! production checklist of the runtime-package document and the review checklist
//! of the senior one.

use super::closing::explicit_close;
use super::context::CheckAnswer;
use super::context::CheckContext;
use super::exporters::metrics;
use super::line::{AuditLine, AuditPlace, AuditState};
use super::signals::goroutine_dump;
use crate::model::GoVersion;
use crate::model::imports::{arguments, callee, imports, is_symbol};
use crate::model::module::ModuleInfo;
use crate::model::scope::{self, Def, LocalKind};
use crate::syntax::{Kind, Node};
use crate::transforms::shared::servers::{AddressReach, servers};

/// The first release whose runtime reads the CPU limit of its cgroup by itself.
const CGROUP_AWARE: GoVersion = GoVersion(1, 25);

type AuditCheck = fn(&CheckContext<'_>) -> CheckAnswer;

/// All lines, in the order of the checklist.
pub(super) fn lines(context: &CheckContext<'_>) -> Vec<AuditLine> {
    const CHECKS: &[(&str, &str, AuditCheck)] = &[
        ("cpu-quota", "GOMAXPROCS follows the CPU quota of the container", cpu_quota),
        ("pprof-private", "profiles are served on loopback or behind a check only", pprof_private),
        ("metrics", "the goroutine count and the heap are scraped", metrics),
        ("trace-bounded", "an execution trace has an end", trace_bounded),
        ("traceback", "a crash shows all goroutines (GOTRACEBACK)", traceback),
        ("explicit-close", "resources have a Close, finalizers come last", explicit_close),
        ("memory-limit", "the heap has a limit (GOMEMLIMIT)", memory_limit),
        ("tuning-owner", "main alone tunes the runtime", tuning_owner),
        ("goroutine-dump", "a signal dumps the goroutines, at a limited rate", goroutine_dump),
        ("build-info", "the version comes from the build information, not from -ldflags -X", build_info),
        ("profile-labels", "work is labelled for profiles, across go statements too", profile_labels),
        ("runtime-imports", "only chosen packages import runtime", runtime_imports),
    ];
    let line = |(id, asks, check): &(&'static str, &'static str, AuditCheck)| {
        let CheckAnswer { state, says, places } = check(context);
        AuditLine { id, asks, state, says, places }
    };
    CHECKS.iter().map(line).collect()
}

fn cpu_quota(context: &CheckContext<'_>) -> CheckAnswer {
    let set: Vec<Node<'_>> = context
        .calls("runtime", "GOMAXPROCS")
        .into_iter()
        .map(|(call, _)| call)
        .filter(|call| !only_asks(*call))
        .collect();
    let file_cache = context.import(|path| path.starts_with("go.uber.org/automaxprocs"));
    let go = context.module.and_then(ModuleInfo::go);
    let variable = context.deployment.sets("GOMAXPROCS").map(|at| context.file(at));
    let switched = context
        .module
        .filter(|_| go.is_some_and(|go| go >= CGROUP_AWARE))
        .and_then(|module| module.setting("containermaxprocs", "0", CGROUP_AWARE));
    match (go, file_cache, set.is_empty()) {
        (_, _, false) => CheckAnswer::new(
            AuditState::Missing,
            "the program sets GOMAXPROCS itself, which overrides the quota and ends updates of it; remove the call",
        )
        .at(context.nodes(set)),
        (_, Some(place), _) => CheckAnswer::new(AuditState::Found, "automaxprocs sets it from the cgroup").at([place]),
        (_, None, _) if variable.is_some() => {
            CheckAnswer::new(AuditState::Found, "a file of the module sets GOMAXPROCS").at(variable)
        }
        (Some(_), None, _) if switched.is_some() => CheckAnswer::new(
            AuditState::Missing,
            format!("{}, and the runtime then sees the machine's processors", switched.unwrap_or_default()),
        ),
        (Some(go), None, _) if go >= CGROUP_AWARE => {
            CheckAnswer::new(AuditState::Found, format!("the runtime reads the quota by itself with go {go} in go.mod"))
        }
        (Some(go), None, _) => CheckAnswer::new(
            AuditState::Missing,
            format!("with go {go} in go.mod the runtime sees the machine's processors, not the quota; go 1.25 or automaxprocs brings it"),
        ),
        (None, None, _) => CheckAnswer::new(
            AuditState::Undecidable,
            "no go.mod says the Go version; from go 1.25 the runtime reads the quota by itself",
        ),
    }
}

fn pprof_private(context: &CheckContext<'_>) -> CheckAnswer {
    let Some(import) = context.import(|path| path == "net/http/pprof") else {
        return CheckAnswer::new(
            AuditState::Found,
            "the module does not import net/http/pprof; what its dependencies serve is not read",
        );
    };
    let running = |word: &str, importing: Option<&str>| {
        context.program.running(word, importing).into_iter().map(|(root, _)| root).collect()
    };
    let servers = servers(&running);
    let of = |wanted: AddressReach| -> Vec<AuditPlace> {
        context.nodes(servers.iter().filter(|server| server.reach == wanted).map(|server| server.at))
    };
    let (open, loopback) = (of(AddressReach::Network), of(AddressReach::Loopback));
    // What a flag says by default is not what it says in production.
    let unsaid = [AddressReach::Unknown, AddressReach::LoopbackByDefault, AddressReach::NetworkByDefault];
    let unknown: Vec<AuditPlace> = unsaid.into_iter().flat_map(of).collect();
    if !open.is_empty() {
        CheckAnswer::new(
            AuditState::Missing,
            "http.DefaultServeMux, where net/http/pprof puts its pages, is served beyond loopback; give the profiles a mux and a loopback listener of their own",
        )
        .at(open)
    } else if !unknown.is_empty() {
        CheckAnswer::new(
            AuditState::Undecidable,
            "http.DefaultServeMux is served at an address that the code does not say",
        )
        .at(unknown)
    } else if !loopback.is_empty() {
        CheckAnswer::new(AuditState::Found, "http.DefaultServeMux is served on loopback").at(loopback)
    } else {
        CheckAnswer::new(
            AuditState::Undecidable,
            "net/http/pprof is imported, and nothing in the module serves http.DefaultServeMux; see where its handlers are mounted",
        )
        .at([import])
    }
}

fn trace_bounded(context: &CheckContext<'_>) -> CheckAnswer {
    let starts: Vec<Node<'_>> =
        context.calls("runtime/trace", "Start").into_iter().map(|(call, _)| call).collect();
    if starts.is_empty() {
        return CheckAnswer::new(AuditState::Found, "no execution trace is started by the module");
    }
    let stops = context.calls("runtime/trace", "Stop");
    let near = |start: &Node<'_>| {
        let whole = start.ancestors().last();
        stops.iter().any(|(stop, _)| stop.ancestors().last() == whole)
    };
    let open: Vec<Node<'_>> = starts.iter().copied().filter(|start| !near(start)).collect();
    match () {
        () if open.is_empty() => {
            CheckAnswer::new(AuditState::Found, "each trace is stopped in the function that starts it").at(context.nodes(starts))
        }
        () if stops.is_empty() => CheckAnswer::new(
            AuditState::Missing,
            "a trace is started and never stopped: about 34 MB a second were measured; stop it after a window",
        )
        .at(context.nodes(open)),
        () => CheckAnswer::new(AuditState::Undecidable, "a trace is stopped elsewhere than where it is started")
            .at(context.nodes(open)),
    }
}

fn traceback(context: &CheckContext<'_>) -> CheckAnswer {
    let calls = context.calls("runtime/debug", "SetTraceback").into_iter().map(|(call, _)| call);
    let set = context.nodes(calls.filter(|call| shows_all(*call)));
    match (set.is_empty(), context.deployment.sets("GOTRACEBACK")) {
        (false, _) => CheckAnswer::new(AuditState::Found, "the program sets it").at(set),
        (true, Some(at)) => {
            CheckAnswer::new(AuditState::Found, "a file of the module sets it").at([context.file(at)])
        }
        (true, None) => CheckAnswer::new(
            AuditState::Missing,
            "neither the code nor a file of the module sets it; a crash then shows one goroutine",
        ),
    }
}

/// Whether the call of `SetTraceback` asks for all goroutines, and not only for the
/// panic that the next statement is.
fn shows_all(call: Node<'_>) -> bool {
    let fewer = ["\"none\"", "\"single\"", "\"0\""];
    let statement = call.parent().filter(|up| up.kind() == Kind::ExpressionStatement);
    let next = statement.and_then(|statement| {
        let list = statement.parent()?;
        list.named().find(|next| next.start() >= statement.end() && next.kind() != Kind::Comment)
    });
    let panics = next
        .and_then(|next| next.named().next())
        .and_then(callee)
        .is_some_and(|called| called.text() == "panic");
    !panics && !arguments(call).next().is_some_and(|level| fewer.contains(&level.text()))
}

fn memory_limit(context: &CheckContext<'_>) -> CheckAnswer {
    let set: Vec<Node<'_>> =
        context.calls("runtime/debug", "SetMemoryLimit").into_iter().map(|(call, _)| call).collect();
    let lifts =
        |call: &Node<'_>| arguments(*call).next().is_some_and(|limit| is_symbol(limit, "math", "MaxInt64"));
    let set: Vec<Node<'_>> = set.into_iter().filter(|call| !only_asks(*call) && !lifts(call)).collect();
    let file_cache = context.import(|path| path.starts_with("github.com/KimMachineGun/automemlimit"));
    // A function that hands its argument on sets what somebody asks for.
    let (handed, set): (Vec<Node<'_>>, Vec<Node<'_>>) =
        set.into_iter().partition(|call| arguments(*call).next().is_some_and(is_parameter));
    match (set.is_empty(), file_cache, context.deployment.sets("GOMEMLIMIT")) {
        (false, _, _) => CheckAnswer::new(AuditState::Found, "the program sets it").at(context.nodes(set)),
        (_, Some(place), _) => {
            CheckAnswer::new(AuditState::Found, "automemlimit sets it from the cgroup").at([place])
        }
        (_, _, Some(at)) => {
            CheckAnswer::new(AuditState::Found, "a file of the module sets it").at([context.file(at)])
        }
        _ if !handed.is_empty() => CheckAnswer::new(
            AuditState::Undecidable,
            "a function sets the limit that it is given; see who calls it, and when",
        )
        .at(context.nodes(handed)),
        _ => CheckAnswer::new(
            AuditState::Missing,
            "neither the code nor a file of the module sets one; about 90 % of the container's memory is usual",
        ),
    }
}

/// Whether the argument is a parameter of the function that it stands in.
fn is_parameter(argument: Node<'_>) -> bool {
    argument.kind() == Kind::Identifier
        && matches!(scope::resolve(argument), Def::Local(local) if local.kind == LocalKind::Param)
}

/// Whether a call of `GOMAXPROCS` or `SetMemoryLimit` changes nothing: a negative
/// argument asks for the value, and so does zero for `GOMAXPROCS`.
fn only_asks(call: Node<'_>) -> bool {
    let name = callee(call).map_or("", Node::text);
    let (processors, limit) = (name.ends_with("GOMAXPROCS"), name.ends_with("SetMemoryLimit"));
    arguments(call).next().is_some_and(|argument| {
        let text = argument.text();
        (processors && text == "0") || ((processors || limit) && text.starts_with('-'))
    })
}

fn tuning_owner(context: &CheckContext<'_>) -> CheckAnswer {
    let tunings = [
        ("runtime/debug", "SetGCPercent"),
        ("runtime/debug", "SetMemoryLimit"),
        ("runtime/debug", "SetMaxThreads"),
        ("runtime/debug", "SetMaxStack"),
        ("runtime", "GOMAXPROCS"),
    ];
    let mut owned = Vec::new();
    let mut foreign = Vec::new();
    for (path, name) in tunings {
        for (call, own) in context.calls(path, name) {
            if !only_asks(call) {
                if own { &mut owned } else { &mut foreign }.push(call);
            }
        }
    }
    if !foreign.is_empty() {
        return CheckAnswer::new(
            AuditState::Missing,
            "a package other than main tunes the runtime of the whole program; move the call to main",
        )
        .at(context.nodes(foreign));
    }
    let says = if owned.is_empty() { "nothing in the module tunes it" } else { "only package main does" };
    CheckAnswer::new(AuditState::Found, says).at(context.nodes(owned))
}

fn build_info(context: &CheckContext<'_>) -> CheckAnswer {
    let read =
        context.nodes(context.calls("runtime/debug", "ReadBuildInfo").into_iter().map(|(call, _)| call));
    let stamped = context.deployment.find(|line| {
        let flags = line.contains("ldflags") || line.contains("LDFLAGS");
        flags && (line.contains("-X ") || line.contains("-X="))
    });
    match (read.is_empty(), stamped) {
        (false, _) => CheckAnswer::new(AuditState::Found, "debug.ReadBuildInfo is read").at(read),
        (true, Some(at)) => CheckAnswer::new(
            AuditState::Missing,
            "the version is stamped with -ldflags -X; debug.ReadBuildInfo has it since go 1.18 without flags",
        )
        .at([context.file(at)]),
        (true, None) => {
            CheckAnswer::new(AuditState::Missing, "nothing in the module reads debug.ReadBuildInfo")
        }
    }
}

fn profile_labels(context: &CheckContext<'_>) -> CheckAnswer {
    let labelled = ["Do", "SetGoroutineLabels"]
        .iter()
        .flat_map(|name| context.calls("runtime/pprof", name))
        .map(|(call, _)| call);
    let places = context.nodes(labelled);
    if places.is_empty() {
        CheckAnswer::new(
            AuditState::Missing,
            "nothing in the module labels its goroutines; profiles cannot be split by work",
        )
    } else {
        CheckAnswer::new(AuditState::Found, "pprof labels are set, and a go statement inside hands them on")
            .at(places)
    }
}

fn runtime_imports(context: &CheckContext<'_>) -> CheckAnswer {
    let mut others = Vec::new();
    let mut configured = false;
    for (directory, files) in context.program.directories() {
        let importer = files.iter().find(|file| imports(file, "runtime"));
        match ((context.runtime_importers)(directory), importer) {
            (Some(allowed), importer) => {
                configured = true;
                others.extend(importer.filter(|_| !allowed));
            }
            (None, importer) => others.extend(importer),
        }
    }
    let places: Vec<AuditPlace> = others
        .iter()
        .filter_map(|file| {
            let import = file.outline().imports.iter().find(|import| import.path == "runtime")?;
            Some(context.place(file, import.span.start))
        })
        .collect();
    match (configured, others.len()) {
        (true, 0) => {
            CheckAnswer::new(AuditState::Found, "only the packages that gomend.toml allows import it")
        }
        (true, count) => CheckAnswer::new(
            AuditState::Missing,
            match count {
                1 => "one package imports it that gomend.toml does not allow".to_owned(),
                _ => format!("{count} packages import it that gomend.toml does not allow"),
            },
        )
        .at(places),
        (false, 0) => CheckAnswer::new(AuditState::Found, "no package of the module imports it"),
        (false, count) => CheckAnswer::new(
            AuditState::Undecidable,
            match count {
                1 => "one package imports it; say in gomend.toml, [audit] runtime-imports, which may"
                    .to_owned(),
                _ => format!(
                    "{count} packages import it; say in gomend.toml, [audit] runtime-imports, which may"
                ),
            },
        )
        .at(places),
    }
}
