//! `gomend.toml` over real trees: which file counts, what it comes to, and what
//! is said of a fault.

use gomend::config::{CommandLine, Settings};
use gomend::disk::Disk;
use gomend::engine::discover::{Discovery, Include, Request};
use gomend::engine::policy::{FilePolicy, Policy, RuleInfo, Rules};
use gomend::model::GoVersion;
use gomend::rewrite::RuleOption;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

fn rules() -> Rules {
    let options = |id| match id {
        "gosched" => &[
            RuleOption { key: "a", values: &["one", "two"] },
            RuleOption { key: "seldom", values: &["report", "keep"] },
        ][..],
        _ => &[],
    };
    let rule = |id, group, opt_in| RuleInfo {
        id,
        group,
        opt_in,
        no_gain: false,
        foreign: false,
        options: options(id),
    };
    Rules::new([
        rule("manual-gc", "memory", false),
        rule("free-os-memory", "memory", false),
        rule("gc-percent-off", "memory", true),
        rule("gosched", "scheduler", false),
        rule("time-after-in-loop", "timers", false),
    ])
}

const DEFAULTS: [&str; 4] = ["free-os-memory", "gosched", "manual-gc", "time-after-in-loop"];

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn settings(dir: &TempDir) -> Settings {
    Settings::new(rules(), dir.path(), &CommandLine::default()).unwrap()
}

fn policy(settings: &Settings, file: &str) -> Arc<FilePolicy> {
    let policy = settings.for_file(Path::new(file));
    assert_eq!(settings.errors(), [], "{file}");
    policy
}

/// The rules for `file` where `gomend.toml` is `config`.
fn selected(config: &str, file: &str) -> Vec<&'static str> {
    let dir = tree(&[("gomend.toml", config)]);
    policy(&settings(&dir), file).rules.iter().copied().collect()
}

/// The faults of a `gomend.toml`, as users read them.
fn faults(config: &str) -> Vec<String> {
    let dir = tree(&[("gomend.toml", config)]);
    let settings = settings(&dir);
    let faults = settings.check(Path::new(".")).expect_err("a fault");
    assert!(settings.for_file(Path::new("a.go")).excluded);
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn no_file_means_defaults() {
    let dir = tree(&[]);
    let policy = policy(&settings(&dir), "a.go");
    assert_eq!(policy.rules.iter().copied().collect::<Vec<_>>(), DEFAULTS);
    assert!(!policy.excluded && policy.go.is_none() && policy.options.is_empty());
    assert_eq!(selected("", "a.go"), DEFAULTS);
}

#[test]
fn selectors() {
    assert_eq!(selected("select = ['gosched']", "a.go"), ["gosched"]);
    assert_eq!(selected("select = ['memory']", "a.go"), ["free-os-memory", "manual-gc"]);
    assert_eq!(selected("select = ['all']", "a.go").len(), 5);
    assert_eq!(selected("select = []", "a.go"), [""; 0]);
    assert_eq!(selected("extend-select = ['gc-percent-off']", "a.go").len(), 5);
    assert_eq!(selected("ignore = ['memory', 'gosched']", "a.go"), ["time-after-in-loop"]);
    assert_eq!(selected("select = ['all']\nignore = ['memory']", "a.go").len(), 2, "opt-in rules too");
    assert_eq!(selected("select = ['gosched']\nignore = ['gosched']", "a.go"), [""; 0]);
}

#[test]
fn the_nearest_file_upward_has_the_last_word() {
    let dir = tree(&[
        (
            "gomend.toml",
            "select = ['gosched', 'manual-gc']\ngo = '1.20'\n[rules.gosched]\na = 'one'\nseldom = 'report'\n",
        ),
        (
            "sub/gomend.toml",
            "extend-select = ['free-os-memory']\nignore = ['gosched']\n[rules.gosched]\nseldom = 'keep'\n",
        ),
        ("sub/deep/gomend.toml", "select = ['gosched']\ngo = '1.22'\n"),
        ("own/gomend.toml", "root = true\nignore = ['gosched']\n"),
    ]);
    let settings = settings(&dir);
    let of = |file: &str| policy(&settings, file);
    let rules = |file: &str| of(file).rules.iter().copied().collect::<Vec<_>>();
    assert_eq!(rules("a.go"), ["gosched", "manual-gc"]);
    assert_eq!(rules("other/b.go"), ["gosched", "manual-gc"]);
    assert_eq!(rules("sub/a.go"), ["free-os-memory", "manual-gc"]);
    assert_eq!(rules("sub/deep/er/a.go"), ["gosched"]);
    assert_eq!(rules("own/a.go"), ["free-os-memory", "manual-gc", "time-after-in-loop"]);
    assert_eq!(of("sub/a.go").go, Some(GoVersion(1, 20)));
    assert_eq!(of("sub/deep/a.go").go, Some(GoVersion(1, 22)));
    assert_eq!(of("own/a.go").go, None);
    let options = of("sub/a.go").options["gosched"].to_string();
    assert_eq!(options, "a = \"one\"\nseldom = \"keep\"\n");
    assert!(Arc::ptr_eq(&of("a.go"), &of("other/b.go")), "shared");
}

#[test]
fn a_run_below_the_file_finds_it() {
    let dir = tree(&[("gomend.toml", "select = ['gosched']"), ("sub/deep/a.go", "")]);
    let settings = Settings::new(rules(), &dir.path().join("sub/deep"), &CommandLine::default()).unwrap();
    assert_eq!(policy(&settings, "a.go").rules.len(), 1);
}

#[test]
fn overrides() {
    let dir = tree(&[
        (
            "gomend.toml",
            "ignore = ['gosched']\n\
             [[override]]\npaths = ['cmd/**', '*_test.go']\nselect = ['gosched']\npromote = ['manual-gc']\n\
             [[override]]\npaths = ['cmd/x/']\nextend-select = ['gc-percent-off']\nignore = ['gosched']\ndemote = ['memory']\n",
        ),
        ("cmd/y/gomend.toml", "extend-select = ['time-after-in-loop']"),
    ]);
    let settings = settings(&dir);
    let rules = |file: &str| policy(&settings, file).rules.iter().copied().collect::<Vec<_>>();
    assert_eq!(rules("a.go"), ["free-os-memory", "manual-gc", "time-after-in-loop"]);
    assert_eq!(rules("deep/a_test.go"), ["gosched"]);
    assert_eq!(rules("cmd/a.go"), ["gosched"]);
    assert_eq!(rules("cmd/x/deep/a.go"), ["gc-percent-off"]);
    assert_eq!(rules("cmd/y/a.go"), ["gosched", "time-after-in-loop"]);
    assert!(policy(&settings, "cmd/a.go").promote.contains("manual-gc"));
    let x = policy(&settings, "cmd/x/a.go");
    assert!(x.promote.is_empty() && x.demote.len() == 3);
}

#[test]
fn extending() {
    let dir = tree(&[
        ("shared/base.toml", "root = true\nselect = ['gosched']\nexclude = ['gen/']\nextend = 'more.toml'\n"),
        ("shared/more.toml", "select = ['manual-gc']\npromote = ['manual-gc']\nverify = 'build'\n"),
        ("gomend.toml", "ignore = ['manual-gc']\n"),
        ("app/gomend.toml", "extend = '../shared/base.toml'\nextend-select = ['free-os-memory']\n"),
    ]);
    let settings = settings(&dir);
    let app = policy(&settings, "app/a.go");
    assert_eq!(app.rules.iter().copied().collect::<Vec<_>>(), ["free-os-memory", "gosched"]);
    assert!(app.promote.contains("manual-gc"));
    assert!(policy(&settings, "app/gen/a.go").excluded, "as if its lines stood in app/gomend.toml");
    assert!(!policy(&settings, "gen/a.go").excluded);
    assert_eq!(settings.verify(Path::new("app")), Some("build"));
    assert_eq!(settings.verify(Path::new(".")), None);
}

#[test]
fn extending_goes_wrong() {
    let dir = tree(&[
        ("gomend.toml", "select = []\nextend = 'b.toml'\n"),
        ("b.toml", "extend = './c.toml'\n"),
        ("c.toml", "extend = 'b.toml'\n"),
    ]);
    let faults = settings(&dir).check(Path::new(".")).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "c.toml:1:10: `extend` forms a cycle: b.toml -> c.toml -> b.toml; remove one of them"
    );
    let missing = self::faults("extend = 'gone.toml'");
    assert!(missing[0].starts_with("gomend.toml:1:10: cannot read `gone.toml`: "), "{missing:?}");
    let dir = tree(&[("gomend.toml", "extend = 'b.toml'\n"), ("b.toml", "\nselct = []\n")]);
    let faults = settings(&dir).check(Path::new(".")).unwrap_err();
    assert_eq!(faults[0].to_string(), "b.toml:2:1: unknown key `selct`; did you mean `select`?");
}

#[test]
fn faults_have_line_column_and_suggestion() {
    for (config, wanted) in [
        ("selct = []", "1:1: unknown key `selct`; did you mean `select`?"),
        ("\n  extend_select = []", "2:3: unknown key `extend_select`; did you mean `extend-select`?"),
        ("[[overide]]\npaths = []", "1:3: unknown key `overide`; did you mean `override`?"),
        (
            "[[override]]\npaths = []\nexclud = []",
            "3:1: unknown key `exclud` in [[override]]; there are paths, select, extend-select, ignore, promote, demote",
        ),
        (
            "[[override]]\npath = []",
            "1:1: this override has no `paths`; add the patterns of the files it is for",
        ),
        (
            "select = ['gosched', 'manul-gc']",
            "1:22: there is no rule or group `manul-gc`; did you mean `manual-gc`?",
        ),
        ("[rules.gosch]", "1:8: there is no rule or group `gosch`; did you mean `gosched`?"),
        (
            "[rules.gosched]\nseldum = 'keep'",
            "2:1: unknown key `seldum` in [rules.gosched]; did you mean `seldom`?",
        ),
        ("[rules.gosched]\nseldom = 'kep'", "2:10: `seldom` does not know `kep`; did you mean `keep`?"),
        ("[rules.gosched]\nseldom = 'never'", "2:10: `seldom` does not know `never`; there are report, keep"),
        ("[rules.gosched]\nseldom = true", "2:10: `seldom` must be a string, not boolean"),
        ("[rules.manual-gc]\nseldom = 'keep'", "1:8: `manual-gc` has no options; take this table out"),
        ("[rules]\ngosched = 1", "2:11: `gosched` must be a table of options, not integer"),
        ("select = 'all'", "1:10: `select` must be a list of strings, [\"...\"], not string"),
        ("root = 'yes'", "1:8: `root` must be true or false, not string"),
        ("go = 1.20", "1:6: `go` must be a string, or 1.20 would be 1.2; write it in quotes"),
        ("go = 'new'", "1:6: `new` is not a Go version; write one like \"1.22\""),
        ("verify = 'vetted'", "1:10: `verify` does not know `vetted`; did you mean `vet`?"),
        ("exclude = ['ok', '[z-a]']", "1:18: "),
        ("exclude = ['../up']", "1:12: `../up` reaches above "),
        ("required-version = 'new'", "1:20: `required-version` is not a version requirement"),
        ("a = [1,", "1:8: not valid TOML: "),
        ("root = true\nroot = true", "2:1: not valid TOML: "),
    ] {
        let faults = faults(config);
        let wanted = format!("gomend.toml:{wanted}");
        assert!(faults.iter().any(|fault| fault.starts_with(&wanted)), "{wanted}\n{faults:#?}");
    }
    let all = faults("x1 = 1\nselect = [1]\nignore = ['zz']\n");
    assert_eq!(all.len(), 3, "all at once, in order: {all:?}");
    assert!(all[0].contains(":1:1:") && all[1].contains(":2:11:") && all[2].contains(":3:11:"));
}

#[test]
fn required_version() {
    selected("required-version = '>=0.1'", "a.go");
    selected(&format!("required-version = '{}'", env!("CARGO_PKG_VERSION")), "a.go");
    let faults = faults("required-version = '>=99'\nkey-of-the-future = 1");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("requires gomend >=99, and this is "), "{faults:?}");
}

#[test]
fn the_command_line_has_the_last_word() {
    let dir = tree(&[("gomend.toml", "select = ['gosched']\nignore = ['manual-gc']\ngo = '1.20'\n")]);
    let with = |command_line: CommandLine| {
        policy(&Settings::new(rules(), dir.path(), &command_line).unwrap(), "a.go")
    };
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let policy = with(CommandLine { select: Some(words(&["manual-gc"])), ..CommandLine::default() });
    assert_eq!(policy.rules.iter().copied().collect::<Vec<_>>(), ["manual-gc"]);
    let policy = with(CommandLine {
        extend_select: words(&["memory"]),
        ignore: words(&["free-os-memory"]),
        go: Some(GoVersion(1, 24)),
        ..CommandLine::default()
    });
    assert_eq!(policy.rules.iter().copied().collect::<Vec<_>>(), ["gosched", "manual-gc"]);
    assert_eq!(policy.go, Some(GoVersion(1, 24)));
    let error = |command_line| Settings::new(rules(), dir.path(), &command_line).unwrap_err().to_string();
    assert_eq!(
        error(CommandLine { ignore: words(&["goshed"]), ..CommandLine::default() }),
        "--ignore: there is no rule or group `goshed`; did you mean `gosched`?"
    );
    let bad = error(CommandLine { exclude: words(&["[z-a]"]), ..CommandLine::default() });
    assert!(bad.starts_with("--exclude `[z-a]`: "), "{bad}");
}

/// What a walk of `dir` finds and skips under `settings`.
fn walk(dir: &Path, settings: &Settings, paths: &[&str]) -> (Vec<String>, Vec<String>) {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let request = Request {
        paths: &paths,
        cwd: dir,
        include: Include::new(),
        policy: settings,
        threads: 2,
        disk: Disk::default(),
    };
    let found = Mutex::new(Vec::new());
    let outcome = Discovery::plan(request).unwrap().run(|| {
        |wanted| {
            assert!(!settings.for_file(&wanted.absolute).excluded);
            found.lock().unwrap().push(wanted.path.to_string());
            ControlFlow::Continue(())
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    (found, outcome.skipped.iter().map(|skip| format!("{} ({})", skip.path, skip.why)).collect())
}

#[test]
fn excluding() {
    let dir = tree(&[
        ("gomend.toml", "exclude = ['*_mock.go', '/gen/', './only.go']\n"),
        ("a.go", ""),
        ("a_mock.go", ""),
        ("only.go", ""),
        ("gen/deep/g.go", ""),
        ("sub/gomend.toml", "exclude = ['!keep_mock.go', 'x.go']\n"),
        ("sub/keep_mock.go", ""),
        ("sub/other_mock.go", ""),
        ("sub/only.go", ""),
        ("sub/gen/g.go", ""),
        ("sub/x.go", ""),
        ("own/gomend.toml", "root = true\n"),
        ("own/o_mock.go", ""),
    ]);
    let (found, skipped) = walk(dir.path(), &settings(&dir), &[]);
    assert_eq!(found, ["a.go", "own/o_mock.go", "sub/gen/g.go", "sub/keep_mock.go", "sub/only.go"]);
    assert_eq!(
        skipped,
        [
            "a_mock.go (excluded by gomend.toml)",
            "gen/ (excluded by gomend.toml)",
            "only.go (excluded by gomend.toml)",
            "sub/other_mock.go (excluded by gomend.toml)",
            "sub/x.go (excluded by sub/gomend.toml)",
        ]
    );
    let (found, skipped) = walk(dir.path(), &settings(&dir), &["gen/deep/g.go", "a_mock.go"]);
    assert_eq!((found.len(), skipped.len()), (0, 2));
    assert!(settings(&dir).for_file(Path::new("gen/deep/g.go")).excluded);
    let deep = dir.path().join("gen/deep");
    let settings = Settings::new(rules(), &deep, &CommandLine::default()).unwrap();
    assert_eq!(walk(&deep, &settings, &[]).1.len(), 1, "excluded wherever one stands");
    let command_line = CommandLine { exclude: vec!["sub/".into(), "!gen/".into()], ..CommandLine::default() };
    let settings = Settings::new(rules(), dir.path(), &command_line).unwrap();
    let (found, skipped) = walk(dir.path(), &settings, &[]);
    assert_eq!(found, ["a.go", "gen/deep/g.go", "own/o_mock.go"]);
    assert!(skipped.contains(&"sub/ (excluded by --exclude)".to_string()), "{skipped:?}");
}

#[test]
fn nothing_below_a_file_with_a_fault_is_looked_at_and_the_rest_is() {
    let dir = tree(&[
        ("a.go", ""),
        ("bad/gomend.toml", "selct = []\n"),
        ("bad/b.go", ""),
        ("bad/own/gomend.toml", "root = true\n"),
        ("worse/c.go", ""),
    ]);
    fs::create_dir(dir.path().join("worse/gomend.toml")).unwrap();
    let settings = settings(&dir);
    assert!(settings.check(Path::new(".")).is_ok());
    let (found, skipped) = walk(dir.path(), &settings, &[]);
    assert_eq!(found, ["a.go"]);
    assert_eq!(skipped, ["bad/ (bad/gomend.toml has an error)", "worse/ (worse/gomend.toml has an error)"]);
    let errors: Vec<String> = settings.errors().iter().map(ToString::to_string).collect();
    assert_eq!(errors[0], "bad/gomend.toml:1:1: unknown key `selct`; did you mean `select`?");
    assert!(errors[1].starts_with("worse/gomend.toml:1:1: cannot be read: "), "{errors:?}");
    assert!(!settings.for_file(Path::new("bad/own/a.go")).excluded, "it stands for itself");
}
