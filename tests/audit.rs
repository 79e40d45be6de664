//! `gomend audit`: what each line of the checklist needs to be found, missing or
//! undecidable, and how it is told.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A module of these files; `go.mod` is added unless it is one of them.
fn module(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("go.mod", "module example.com/m\n\ngo 1.25\n");
    files.iter().for_each(|(name, text)| write(name, text));
    dir
}

fn gomend(dir: &Path, args: &[&str]) -> (String, i32) {
    let output = Command::cargo_bin("gomend")
        .unwrap()
        .arg("audit")
        .args(args)
        .current_dir(dir)
        .env("GOWORK", "off")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (text, output.status.code().unwrap())
}

/// State, sentence and places of each line of the only program.
fn lines(dir: &Path) -> BTreeMap<String, (String, Vec<String>)> {
    let (text, status) = gomend(dir, &["--format", "json"]);
    assert_eq!(status, 0, "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let programs = document["programs"].as_array().unwrap();
    assert_eq!(programs.len(), 1, "{text}");
    let line = |line: &Value| {
        let places = line["places"].as_array().unwrap().iter();
        let places = places.map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["line"]));
        (
            line["id"].as_str().unwrap().to_owned(),
            (line["state"].as_str().unwrap().to_owned(), places.collect()),
        )
    };
    programs[0]["lines"].as_array().unwrap().iter().map(line).collect()
}

/// That line `id` has this state and these places.
fn assert_line(files: &[(&str, &str)], id: &str, state: &str, places: &[&str]) {
    let dir = module(files);
    let lines = lines(dir.path());
    let wanted = (state.to_owned(), places.iter().map(|place| (*place).to_owned()).collect());
    assert_eq!(lines[id], wanted, "{id} of {files:?}");
}

const EMPTY: (&str, &str) = ("main.go", "package main\n\nfunc main() {}\n");

/// A program that runs `body` and imports `path`.
fn program(path: &str, body: &str) -> String {
    format!("package main\n\nimport \"{path}\"\n\nfunc main() {{\n\t{body}\n}}\n")
}

#[test]
fn an_empty_program_lacks_what_it_must_do_itself() {
    let dir = module(&[EMPTY]);
    let lines = lines(dir.path());
    let missing: Vec<&str> =
        lines.iter().filter(|(_, (state, _))| state == "missing").map(|(id, _)| id.as_str()).collect();
    let expected = ["build-info", "goroutine-dump", "memory-limit", "metrics", "profile-labels", "traceback"];
    assert_eq!(missing, expected);
    assert_eq!(lines.len(), 12);
}

#[test]
fn the_quota_is_followed_from_go_1_25_unless_the_program_says_otherwise() {
    assert_line(&[EMPTY], "cpu-quota", "found", &[]);
    let old = ("go.mod", "module example.com/m\n\ngo 1.24\n");
    assert_line(&[EMPTY, old], "cpu-quota", "missing", &[]);
    assert_line(&[EMPTY, ("go.mod", "module example.com/m\n")], "cpu-quota", "undecidable", &[]);
    let library = "package main\n\nimport _ \"go.uber.org/automaxprocs\"\n\nfunc main() {}\n";
    assert_line(&[("main.go", library), old], "cpu-quota", "found", &["main.go:3"]);
    let deployed = ("deploy/run.env", "# limits\nGOMAXPROCS=2\n");
    assert_line(&[EMPTY, old, deployed], "cpu-quota", "found", &["deploy/run.env:2"]);
    let sets = program("runtime", "runtime.GOMAXPROCS(4)");
    assert_line(&[("main.go", &sets)], "cpu-quota", "missing", &["main.go:6"]);
    let asks = program("runtime", "println(runtime.GOMAXPROCS(-1), runtime.GOMAXPROCS(0))");
    assert_line(&[("main.go", &asks)], "cpu-quota", "found", &[]);
}

#[test]
fn profiles_are_private_on_loopback_only() {
    let serves = |address: &str| {
        format!(
            "package main\n\nimport (\n\t\"net/http\"\n\t_ \"net/http/pprof\"\n)\n\nfunc main() {{\n\thttp.ListenAndServe({address}, nil)\n}}\n"
        )
    };
    for (address, state) in [
        ("\"localhost:6060\"", "found"),
        ("\"127.0.0.1:6060\"", "found"),
        ("\"[::1]:6060\"", "found"),
        ("\":6060\"", "missing"),
        ("\"0.0.0.0:6060\"", "missing"),
        ("address()", "undecidable"),
    ] {
        let main = serves(address) + "\nfunc address() string { return \"\" }\n";
        assert_line(&[("main.go", &main)], "pprof-private", state, &["main.go:9"]);
    }
    assert_line(&[EMPTY], "pprof-private", "found", &[]);
    let own = "package main\n\nimport (\n\t\"net/http\"\n\t_ \"net/http/pprof\"\n)\n\nfunc main() {\n\thttp.ListenAndServe(\":1\", http.NewServeMux())\n}\n";
    assert_line(&[("main.go", own)], "pprof-private", "undecidable", &["main.go:5"]);
}

#[test]
fn calls_are_followed_through_the_module() {
    let tunes = "package tune\n\nimport \"runtime/debug\"\n\nfunc Set() { limit() }\n\nfunc limit() { debug.SetMemoryLimit(1 << 30) }\n\nfunc Unused() { debug.SetGCPercent(10) }\n";
    let calls = program("example.com/m/tune", "tune.Set()");
    let files = [("main.go", calls.as_str()), ("tune/tune.go", tunes)];
    assert_line(&files, "memory-limit", "found", &["tune/tune.go:7"]);
    // What nobody calls tunes nothing.
    assert_line(&files, "tuning-owner", "missing", &["tune/tune.go:7"]);
    let other = [EMPTY, ("tune/tune.go", tunes)];
    assert_line(&other, "memory-limit", "missing", &[]);
    assert_line(&other, "tuning-owner", "found", &[]);
    // Methods through interfaces, and initializers.
    let method = "package main\n\nimport \"runtime/debug\"\n\ntype job struct{}\n\nfunc (job) Run() { debug.SetTraceback(\"all\") }\n\nvar jobs = []interface{ Run() }{job{}}\n\nfunc main() {}\n";
    assert_line(&[("main.go", method)], "traceback", "found", &["main.go:7"]);
}

#[test]
fn the_other_lines_have_their_three_answers() {
    let start = program("runtime/trace", "trace.Start(nil)");
    assert_line(&[("main.go", &start)], "trace-bounded", "missing", &["main.go:6"]);
    let stop = program("runtime/trace", "trace.Start(nil)\n\tdefer trace.Stop()");
    assert_line(&[("main.go", &stop)], "trace-bounded", "found", &["main.go:6"]);
    let away = program("runtime/trace", "trace.Start(nil)\n\tend()") + "\nfunc end() { trace.Stop() }\n";
    assert_line(&[("main.go", &away)], "trace-bounded", "undecidable", &["main.go:6"]);

    let finalizer =
        program("runtime", "runtime.SetFinalizer(new(T), func(*T) {})") + "\ntype T struct{ x *int }\n";
    assert_line(&[("main.go", &finalizer)], "explicit-close", "missing", &["main.go:6"]);
    let closes = finalizer.clone() + "\nfunc (*T) Close() {}\n";
    assert_line(&[("main.go", &closes)], "explicit-close", "found", &["main.go:6"]);

    let read = program("runtime/metrics", "metrics.Read(nil)");
    assert_line(&[("main.go", &read)], "metrics", "found", &["main.go:6"]);

    let makefile = ("Makefile", "build:\n\tgo build -ldflags \"-X main.version=1\" .\n");
    assert_line(&[EMPTY, makefile], "build-info", "missing", &["Makefile:2"]);
    let info = program("runtime/debug", "debug.ReadBuildInfo()");
    assert_line(&[("main.go", &info)], "build-info", "found", &["main.go:6"]);

    let docker = ("Dockerfile", "FROM scratch\n# ENV GOMEMLIMIT=1\nENV GOTRACEBACK=all GOMEMLIMIT=900MiB\n");
    assert_line(&[EMPTY, docker], "memory-limit", "found", &["Dockerfile:3"]);
    assert_line(&[EMPTY, docker], "traceback", "found", &["Dockerfile:3"]);

    let dump = |pause: &str| {
        format!(
            "package main\n\nimport (\n\t\"os\"\n\t\"os/signal\"\n\t\"runtime\"\n\t\"time\"\n)\n\nfunc main() {{\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c)\n\tfor range c {{\n\t\truntime.Stack(nil, true)\n\t\t{pause}\n\t}}\n}}\n\nvar _ = time.Now\n"
        )
    };
    assert_line(&[("main.go", &dump(""))], "goroutine-dump", "undecidable", &["main.go:14"]);
    assert_line(&[("main.go", &dump("time.Sleep(time.Minute)"))], "goroutine-dump", "found", &["main.go:14"]);

    let labels = program("runtime/pprof", "pprof.Do(nil, pprof.Labels(), nil)");
    assert_line(&[("main.go", &labels)], "profile-labels", "found", &["main.go:6"]);
}

#[test]
fn the_configuration_says_who_may_import_runtime() {
    let main = program("runtime", "runtime.NumCPU()");
    let files = [("main.go", main.as_str())];
    assert_line(&files, "runtime-imports", "undecidable", &["main.go:3"]);
    assert_line(&[EMPTY], "runtime-imports", "found", &[]);
    let other = "package x\n\nimport \"runtime\"\n\nvar N = runtime.NumCPU()\n";
    let main = program("example.com/m/internal/x", "println(x.N)");
    let config = |allowed: &str| format!("[audit]\nruntime-imports = [\"{allowed}\"]\n");
    let with = |allowed: &str, state: &str, places: &[&str]| {
        let config = config(allowed);
        let files =
            [("main.go", main.as_str()), ("internal/x/x.go", other), ("gomend.toml", config.as_str())];
        assert_line(&files, "runtime-imports", state, places);
    };
    with("internal/x", "found", &[]);
    with("internal/y", "missing", &["internal/x/x.go:3"]);
    let dir = module(&[EMPTY, ("gomend.toml", "[audit]\nruntime-import = []\n")]);
    let (text, status) = gomend(dir.path(), &[]);
    assert!(status == 2 && text.contains("did you mean `runtime-imports`?"), "{status} {text}");
}

#[test]
fn a_person_reads_a_list_and_a_page_is_a_table() {
    let dir = module(&[EMPTY]);
    let (text, status) = gomend(dir.path(), &[]);
    assert_eq!(status, 0);
    assert!(text.starts_with(". example.com/m, go 1.25: 6 found, 6 missing, 0 undecidable\n"), "{text}");
    assert!(text.contains("  missing     the heap has a limit (GOMEMLIMIT)\n"), "{text}");
    let (page, _) = gomend(dir.path(), &["--format", "markdown"]);
    assert!(page.starts_with("# Production checklist\n\n## .\n"), "{page}");
    assert_eq!(page.lines().filter(|line| line.starts_with("| missing |")).count(), 6, "{page}");
    let nothing = module(&[("x.go", "package x\n")]);
    assert_eq!(gomend(nothing.path(), &[]), ("no package main was found\n".to_owned(), 0));
}

#[test]
fn tests_and_files_for_go_run_are_no_programs() {
    let ignored = "//go:build ignore\n\npackage main\n\nfunc main() {}\n";
    let dir = module(&[("gen.go", ignored), ("x.go", "package x\n"), ("main_test.go", "package main\n")]);
    assert_eq!(gomend(dir.path(), &[]).0, "no package main was found\n");
    // A program that is partly generated is one all the same.
    let dir = module(&[("a/main.go", EMPTY.1), ("b/main.go", EMPTY.1)]);
    let (text, _) = gomend(dir.path(), &["a"]);
    assert!(text.starts_with("a example.com/m") && !text.contains("\nb example"), "{text}");
    assert_eq!(gomend(dir.path(), &["./missing"]).1, 2);
}

#[test]
fn what_only_tests_see_sets_nothing() {
    let ci = |path| (path, "env:\n  - name: GOMEMLIMIT\n    GOTRACEBACK: all\n");
    for path in [".github/workflows/ci.yaml", ".circleci/config.yml", "hack/test/run.sh", ".gitlab-ci.yml"] {
        assert_line(&[EMPTY, ci(path)], "memory-limit", "missing", &[]);
        assert_line(&[EMPTY, ci(path)], "traceback", "missing", &[]);
    }
    let make = ("Makefile", "check:\n\tGOTRACEBACK=all go test ./...\n\techo $GOMEMLIMIT\n");
    assert_line(&[EMPTY, make], "traceback", "missing", &[]);
    assert_line(&[EMPTY, make], "memory-limit", "missing", &[]);
    let chart = ("deploy/values.yaml", "env:\n  - name: GOMEMLIMIT\n    value: 1GiB\n");
    assert_line(&[EMPTY, chart], "memory-limit", "found", &["deploy/values.yaml:2"]);
}

#[test]
fn a_setting_that_somebody_must_ask_for_decides_nothing() {
    let api = "package main\n\nimport \"runtime/debug\"\n\ntype API struct{}\n\nfunc (API) Limit(n int64) int64 { return debug.SetMemoryLimit(n) }\n\nvar api any = API{}\n\nfunc main() {}\n";
    assert_line(&[("main.go", api)], "memory-limit", "undecidable", &["main.go:7"]);
}

#[test]
fn the_quota_is_not_followed_where_godebug_switches_it_off() {
    let off = ("go.mod", "module example.com/m\n\ngo 1.25\n\ngodebug containermaxprocs=0\n");
    assert_line(&[EMPTY, off], "cpu-quota", "missing", &[]);
    let deployed = ("deploy/run.env", "GOMAXPROCS=2\n");
    assert_line(&[EMPTY, deployed], "cpu-quota", "found", &["deploy/run.env:1"]);
}

#[test]
fn a_metrics_library_must_show_that_it_exports_the_runtime() {
    let client = "github.com/prometheus/client_golang";
    let only = program(&format!("{client}/prometheus"), "prometheus.NewRegistry()");
    assert_line(&[("main.go", &only)], "metrics", "undecidable", &["main.go:3"]);
    let asks = program(&format!("{client}/api"), "api.NewClient(api.Config{})");
    assert_line(&[("main.go", &asks)], "metrics", "missing", &[]);
    let serves = program(&format!("{client}/prometheus/promhttp"), "serve(promhttp.Handler())");
    assert_line(&[("main.go", &serves)], "metrics", "found", &["main.go:6"]);
    let collects =
        program(&format!("{client}/prometheus/collectors"), "register(collectors.NewGoCollector())");
    assert_line(&[("main.go", &collects)], "metrics", "found", &["main.go:6"]);
    let own = format!(
        "package main\n\nimport (\n\t\"{client}/prometheus\"\n\t\"{client}/prometheus/promhttp\"\n)\n\nfunc main() {{\n\tserve(promhttp.HandlerFor(WHAT, promhttp.HandlerOpts{{}}))\n}}\n"
    );
    let default = own.replace("WHAT", "prometheus.DefaultGatherer");
    assert_line(&[("main.go", &default)], "metrics", "found", &["main.go:9"]);
    let other = own.replace("WHAT", "prometheus.NewRegistry()");
    assert_line(&[("main.go", &other)], "metrics", "undecidable", &["main.go:4"]);
    let half = program("runtime", "println(runtime.NumGoroutine())");
    assert_line(&[("main.go", &half)], "metrics", "missing", &["main.go:6"]);
}

#[test]
fn each_type_with_a_finalizer_must_close() {
    let of = |rest: &str| {
        format!(
            "package main\n\nimport \"runtime\"\n\ntype T struct{{ fd int }}\n\nfunc main() {{\n\tt := new(T)\n\tuse(t)\n}}\n\nfunc release(fd int) {{}}\n\n{rest}"
        )
    };
    let alone = of(
        "func use(t *T) {\n\truntime.SetFinalizer(t, func(t *T) { release(t.fd) })\n}\n\ntype U struct{}\n\nfunc (*U) Close() {}\n",
    );
    assert_line(&[("main.go", &alone)], "explicit-close", "missing", &["main.go:15"]);
    let closes = alone.replace("(*U)", "(*T)");
    assert_line(&[("main.go", &closes)], "explicit-close", "found", &["main.go:15"]);
    let cleanup = of("func use(t *T) {\n\truntime.AddCleanup(t, release, t.fd)\n}\n");
    assert_line(&[("main.go", &cleanup)], "explicit-close", "missing", &["main.go:15"]);
    let kept = of(
        "var cleanup runtime.Cleanup\n\nfunc use(t *T) {\n\tcleanup = runtime.AddCleanup(t, release, t.fd)\n}\n",
    );
    assert_line(&[("main.go", &kept)], "explicit-close", "undecidable", &["main.go:17"]);
    let any = of("func use(x any) {\n\truntime.SetFinalizer(x, func(_ any) { release(3) })\n}\n");
    assert_line(&[("main.go", &any)], "explicit-close", "undecidable", &["main.go:15"]);
    let hook = of("var hook func(*T)\n\nfunc use(t *T) {\n\truntime.SetFinalizer(t, hook)\n}\n");
    assert_line(&[("main.go", &hook)], "explicit-close", "undecidable", &["main.go:17"]);
}

#[test]
fn a_dump_must_follow_a_signal() {
    let imports = "package main\n\nimport (\n\t\"os\"\n\t\"os/signal\"\n\t\"runtime\"\n)\n\n";
    let recovers = format!(
        "{imports}func main() {{\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c)\n\tdefer dump()\n\t<-c\n\tos.Exit(1)\n}}\n\nfunc dump() {{\n\tif recover() != nil {{\n\t\truntime.Stack(nil, true)\n\t}}\n}}\n"
    );
    assert_line(&[("main.go", &recovers)], "goroutine-dump", "missing", &[]);
    let main = "package main\n\nimport (\n\t\"os\"\n\t\"os/signal\"\n\n\t\"example.com/m/stack\"\n)\n\nfunc main() {\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c)\n\tgo func() {\n\t\tfor {\n\t\t\tselect {\n\t\t\tcase <-c:\n\t\t\t\tstack.Dump()\n\t\t\t}\n\t\t}\n\t}()\n}\n";
    let stack = "package stack\n\nimport \"runtime\"\n\nfunc Dump() { write() }\n\nfunc write() { runtime.Stack(nil, true) }\n";
    assert_line(
        &[("main.go", main), ("stack/stack.go", stack)],
        "goroutine-dump",
        "undecidable",
        &["stack/stack.go:7"],
    );
    let handed = format!(
        "{imports}func main() {{\n\tc := make(chan os.Signal, 1)\n\tsignal.Notify(c)\n\tloop(c)\n}}\n\nfunc loop(c chan os.Signal) {{\n\tfor range c {{\n\t\truntime.Stack(nil, true)\n\t}}\n}}\n"
    );
    assert_line(&[("main.go", &handed)], "goroutine-dump", "undecidable", &["main.go:17"]);
}

#[test]
fn what_shows_less_or_lifts_the_limit_is_not_found() {
    for level in ["\"none\"", "\"single\""] {
        let sets = program("runtime/debug", &format!("debug.SetTraceback({level})"));
        assert_line(&[("main.go", &sets)], "traceback", "missing", &[]);
    }
    let loud = program("runtime/debug", "debug.SetTraceback(\"all\")\n\tpanic(1)");
    assert_line(&[("main.go", &loud)], "traceback", "missing", &[]);
    let env = ("run.env", "GOTRACEBACK=single\nGOMEMLIMIT=off\n");
    assert_line(&[EMPTY, env], "traceback", "missing", &[]);
    assert_line(&[EMPTY, env], "memory-limit", "missing", &[]);
    let lifts = "package main\n\nimport (\n\t\"math\"\n\t\"runtime/debug\"\n)\n\nfunc main() { debug.SetMemoryLimit(math.MaxInt64) }\n";
    assert_line(&[("main.go", lifts)], "memory-limit", "missing", &[]);
}

#[test]
fn the_other_modules_of_a_workspace_are_followed() {
    let main = "package main\n\nimport \"example.com/lib/tune\"\n\nfunc main() { tune.Set() }\n";
    let tune = "package tune\n\nimport \"runtime/debug\"\n\nfunc Set() { debug.SetMemoryLimit(1 << 30) }\n";
    let dir = module(&[
        ("app/go.mod", "module example.com/app\n\ngo 1.25\n"),
        ("app/main.go", main),
        ("lib/go.mod", "module example.com/lib\n\ngo 1.25\n"),
        ("lib/tune/tune.go", tune),
        ("go.work", "go 1.25\n\nuse (\n\t./app\n\t./lib\n)\n"),
    ]);
    let audit = |work: Option<&str>| {
        let mut command = Command::cargo_bin("gomend").unwrap();
        command.args(["audit", "--format", "json", "app"]).current_dir(dir.path()).env_remove("GOWORK");
        if let Some(work) = work {
            command.env("GOWORK", work);
        }
        let document: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let lines = document["programs"][0]["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["id"] == "memory-limit").unwrap()
    };
    let line = audit(None);
    assert_eq!(line["state"], "found", "{line}");
    assert_eq!(line["places"][0]["path"], "lib/tune/tune.go", "{line}");
    assert_eq!(audit(Some("off"))["state"], "missing");
}
