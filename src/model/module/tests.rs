//! Modules on disk.

use super::*;

/// A directory with these files.
pub(super) fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

fn go(minor: u16) -> Option<GoVersion> {
    Some(GoVersion(1, minor))
}

#[test]
fn the_nearest_go_mod_counts_and_is_read_once() {
    let dir = tree(&[
        ("go.mod", "module outer\ngo 1.21\n"),
        ("a/b/x.go", "package b\n"),
        ("nested/go.mod", "module inner\n"),
        ("odd/go.mod/x", ""),
    ]);
    let modules = Modules::default();
    let outer = modules.module_of(&dir.path().join("a/b/x.go")).unwrap();
    assert_eq!((outer.path(), outer.go(), outer.dir.as_path()), (Some("outer"), go(21), dir.path()));
    std::fs::write(dir.path().join("go.mod"), "module changed\n").unwrap();
    let again = modules.module_of(&dir.path().join("a/not_there.go")).unwrap();
    assert!(Arc::ptr_eq(&outer, &again));
    assert!(Arc::ptr_eq(&outer, &modules.module_of(&dir.path().join("odd/y.go")).unwrap()));
    assert!(Arc::ptr_eq(&outer, &modules.module_of(&dir.path().join("nested/../y.go")).unwrap()));
    assert_eq!(modules.module_of(&dir.path().join("nested/x/y.go")).unwrap().path(), Some("inner"));
}

#[test]
fn threads_share_one_module() {
    let dir = tree(&[("go.mod", "module m\ngo 1.21\n")]);
    let modules = Modules::default();
    let found: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| dir.path().join(format!("{}/x.go", n % 3)))
            .map(|file| scope.spawn(|| modules.module_of(&{ file }).unwrap()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(found.iter().all(|module| Arc::ptr_eq(module, &found[0])));
}

#[test]
fn go_work_obeys_gowork() {
    let dir = tree(&[
        ("go.work", "go 1.24\nuse (\n\t./a\n\t../elsewhere\n)\n"),
        ("a/go.mod", "module a\ngo 1.23\n"),
        ("b/go.mod", "module b\ngo 1.23\n"),
        ("other/go.work", "go 1.25\nuse ../b\n"),
        ("loose/x.go", ""),
    ]);
    let at = |name: &str| dir.path().join(name);
    let listed = |work: WorkMode, file: &str| {
        let module = Modules::new(work, None).module_of(&at(file)).unwrap();
        (module.workspace.is_some(), module.listed)
    };
    assert_eq!(listed(WorkMode::from_env(None), "a/x.go"), (true, true));
    assert_eq!(listed(WorkMode::from_env(Some("auto".as_ref())), "b/x.go"), (true, false));
    assert_eq!(listed(WorkMode::from_env(Some("off".as_ref())), "a/x.go"), (false, false));
    let other = at("other/go.work");
    assert_eq!(listed(WorkMode::from_env(Some(other.as_os_str())), "b/x.go"), (true, true));
    assert_eq!(listed(WorkMode::File(other), "a/x.go"), (true, false));

    let version = |modules: Modules| modules.version_of(&at("loose/x.go"), "package p\n");
    let found = version(Modules::new(WorkMode::Nearest, go(20)));
    assert_eq!((found.language, found.source), (go(24), VersionSource::GoWork));
    let found = version(Modules::new(WorkMode::Off, go(20)));
    assert_eq!((found.language, found.source), (go(20), VersionSource::Given));
    let found = version(Modules::new(WorkMode::Off, None));
    assert_eq!((found.language, found.api, found.source), (None, None, VersionSource::Nothing));
}

#[test]
fn versions_of_files() {
    let dir = tree(&[
        ("new/go.mod", "module m\ngo 1.22.1\n"),
        ("old/go.mod", "module m\ngo 1.18\n"),
        ("none/go.mod", "module m\n"),
    ]);
    let modules = Modules::new(WorkMode::Off, None);
    let version = |file: &str, text: &str| {
        let found = modules.version_of(&dir.path().join(file), text);
        (found.language, found.api, found.source)
    };
    use VersionSource::*;
    assert_eq!(version("new/x.go", "package p"), (go(22), go(22), GoMod));
    assert_eq!(version("new/x.go", "//go:build go1.24\n\npackage p"), (go(24), go(24), FileTag));
    assert_eq!(version("new/x.go", "//go:build go1.18\n\npackage p"), (go(21), go(22), FileTag));
    assert_eq!(version("new/x.go", "// +build go1.24\n\npackage p"), (go(22), go(24), GoMod));
    assert_eq!(version("new/x.go", "//go:build !go1.24\n\npackage p"), (go(22), go(22), GoMod));
    assert_eq!(version("old/x.go", "//go:build go1.19\n\npackage p"), (go(21), go(19), FileTag));
    assert_eq!(version("none/x.go", "package p"), (go(16), go(16), NoGoLine));
    assert_eq!(version("new/vendor/v/x.go", "package p"), (None, None, Nothing));
    let given = Modules::new(WorkMode::Off, go(23)).version_of(&dir.path().join("none/x.go"), "package p");
    assert_eq!((given.language, given.source), (go(23), Given));
    let unused = Modules::new(WorkMode::Off, go(23)).version_of(&dir.path().join("new/x.go"), "package p");
    assert_eq!(unused.source, GoMod);
}

/// The semantics in one word: `sync`, or the reason without the directory.
fn timers(files: &[(&str, &str)], file: &str) -> String {
    let dir = tree(files);
    let prefix = format!("{}/", dir.path().display());
    match Modules::default().timers_of(&dir.path().join(file)) {
        Timers::Synchronous => "sync".to_owned(),
        Timers::Asynchronous(why) => why.replace(&prefix, ""),
    }
}

#[test]
fn timers_are_new_only_when_every_program_has_them() {
    let new = ("go.mod", "module m\ngo 1.23\n");
    let lib = ("lib/lib.go", "package lib\n");
    let main = |line: &'static str| ("cmd/x/main.go", line);
    let old = "//go:debug in cmd/x/main.go:1 says asynctimerchan=1";
    for (files, want) in [
        (vec![new, lib], "sync"),
        (vec![], "no go.mod says that Go is 1.23 or newer"),
        (vec![("go.mod", "module m\n")], "go.mod has no go line, so timers are those of Go before 1.23"),
        (vec![("go.mod", "module m\ngo 1.22.9\n")], "go.mod says go 1.22"),
        // A tag never raises what the module says.
        (
            vec![("go.mod", "go 1.21\n"), ("lib/lib.go", "//go:build go1.23\n\npackage lib\n")],
            "go.mod says go 1.21",
        ),
        (vec![("go.mod", "go 1.23\ngodebug asynctimerchan=2\n")], "godebug in go.mod says asynctimerchan=2"),
        (
            vec![("go.mod", "go 1.24\ngodebug (\n\tdefault=go1.22\n)\n")],
            "godebug in go.mod says default=go1.22",
        ),
        (vec![("go.mod", "go 1.24\ngodebug (\n\tdefault=go1.22\n\tasynctimerchan=0\n)\n")], "sync"),
        (vec![("go.mod", "go 1.24\ngodebug default=go1.23\n")], "sync"),
        (vec![new, main("//go:debug asynctimerchan=1\npackage main\n")], old),
        (
            vec![new, main("//go:debug default=go1.21\npackage main\n")],
            "//go:debug in cmd/x/main.go:1 says default=go1.21",
        ),
        (vec![new, main("//go:debug panicnil=1\npackage main\n")], "sync"),
        (
            vec![
                new,
                ("cmd/a.go", "//go:debug asynctimerchan=1\n//go:build ignore\npackage main\n"),
                ("cmd/b.go", "//go:debug asynctimerchan=0\npackage main\n"),
            ],
            "//go:debug in cmd/a.go:1 says asynctimerchan=1",
        ),
        (vec![new, ("vendor/v/main.go", "//go:debug asynctimerchan=1\npackage main\n")], "sync"),
        (vec![new, ("_x/main.go", "//go:debug asynctimerchan=1\npackage main\n")], "sync"),
        (
            vec![new, ("sub/go.mod", ""), ("sub/main.go", "//go:debug asynctimerchan=1\npackage main\n")],
            "sync",
        ),
        (vec![new, ("lib/lib_test.go", "//go:debug asynctimerchan=1\npackage lib\n")], "sync"),
        (
            vec![new, ("go.work", "go 1.25\nuse .\ngodebug default=go1.22\n")],
            "godebug in go.work says default=go1.22",
        ),
        (vec![new, ("go.work", "go 1.25\nuse ./x\ngodebug default=go1.22\n")], "sync"),
        (
            vec![new, ("go.work", "go 1.25\nuse .\n"), main("//go:debug asynctimerchan=1\npackage main\n")],
            old,
        ),
        (vec![("go.mod", "go 1.22\n"), ("go.work", "go 1.25\nuse .\n")], "go.mod says go 1.22"),
        (vec![new, ("go.work", "go soon\nuse .\n")], "go.work: cannot read the line \"go soon\"; correct it"),
        (vec![("go.mod", "go x\n")], "go.mod: cannot read the line \"go x\"; correct it"),
    ] {
        assert_eq!(timers(&files, "lib/lib.go"), want, "{files:?}");
    }
    let test = [new, ("lib/lib_test.go", "//go:debug asynctimerchan=1\npackage lib\n")];
    assert_eq!(timers(&test, "lib/lib_test.go"), "//go:debug in lib/lib_test.go:1 says asynctimerchan=1");
}

#[test]
fn module_facts_do_not_depend_on_who_asks() {
    let off = "package p\nfunc f() { debug.SetGCPercent(-1) }\n";
    let dir = tree(&[
        ("go.mod", "module m\ngo 1.23\n"),
        ("a/a.go", "package a\nfunc f() { debug.SetGCPercent(100); debug.SetMemoryLimit(1) }\n"),
        ("b/b_test.go", off),
        ("testdata/t.go", off),
        (".hidden/h.go", off),
        ("c/_c.go", off),
        ("nested/go.mod", "module n\n"),
        ("nested/n.go", off),
    ]);
    let switches = |file: &str, tests| {
        Modules::default().module_of(&dir.path().join(file)).unwrap().switches(tests).clone()
    };
    let seen = switches("a/a.go", true);
    assert_eq!(seen, switches("b/other.go", true));
    assert_eq!(switches("a/a.go", false).first(), Ok(None));
    let place = seen.first().unwrap().unwrap().clone();
    assert_eq!((place.path, place.line, place.in_test), (dir.path().join("b/b_test.go"), 2, true));
    assert_eq!(switches("nested/n.go", false).first().unwrap().unwrap().line, 2);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_not_taken_for_absent() {
    let disk = Disk::default();
    let switches_below =
        |dir: &Path| Gathered::switches(&Listed::below(dir, &disk), true, &disk, &Silent::default());
    let dir = tree(&[("go.mod", "go 1.23\n"), ("a.go", "package p\n")]);
    std::os::unix::fs::symlink("gone.go", dir.path().join("b.go")).unwrap();
    assert!(switches_below(dir.path()).unread.is_empty(), "a dangling link is not a file");
    let gone = switches_below(&dir.path().join("gone"));
    assert!(gone.first().unwrap_err().starts_with("cannot read "));
}

#[test]
fn a_module_knows_the_packages_of_itself_and_of_what_it_requires() {
    let required = "require (\n\texample.com/store v1.0.0\n\texample.com/deep v1.0.0 // indirect\n)\n";
    let dir = tree(&[
        ("new/go.mod", &format!("module example.com/new\ngo 1.17\n{required}")),
        ("old/go.mod", &format!("module example.com/old\ngo 1.16\n{required}")),
        ("none/go.mod", "module example.com/none\n"),
        ("broken/go.mod", "module example.com/broken\ngo 1.20\ngodebug x\n"),
        ("work/go.work", "go 1.20\nuse .\n"),
        ("work/go.mod", "module example.com/work\ngo 1.20\n"),
    ]);
    let modules = Modules::default();
    let knows = |module: &str, package: &str| {
        modules.module_of(&dir.path().join(module).join("x.go")).unwrap().may_know(package)
    };
    for package in ["example.com/store", "example.com/store/v", "example.com/deep/a/b", "example.com/new/x"] {
        assert!(knows("new", package), "{package}");
    }
    for package in ["example.com/stores", "example.com", "example.com/other", "other.org/store"] {
        assert!(!knows("new", package), "{package}");
        for unsure in ["old", "none", "broken", "work"] {
            assert!(knows(unsure, package), "{unsure} {package}");
        }
    }
}
