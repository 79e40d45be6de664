//! Which files a run looks at, over real trees on disk.

use gomend::disk::Disk;
use gomend::engine::discover::{
    Discovery, FileKind, Include, Limits, PathError, ReadRefusal, Request, WalkOutcome, Wanted, from_list,
    listed, read_path,
};
use gomend::engine::policy::{FilePolicy, Policy, Uniform};
use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A tree of files; a name that ends in `/` is a directory.
fn tree(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    add(dir.path(), files);
    dir
}

fn add(dir: &Path, files: &[&str]) {
    for file in files {
        let path = dir.join(file);
        if file.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "package p\n").unwrap();
        }
    }
}

fn git_init(dir: &Path) {
    let status = Command::new("git").args(["init", "-q"]).current_dir(dir).status().unwrap();
    assert!(status.success());
}

struct Run {
    wanted: Vec<Wanted>,
    outcome: WalkOutcome,
}

impl Run {
    fn paths(&self) -> Vec<&str> {
        self.wanted.iter().map(|wanted| &*wanted.path).collect()
    }

    fn skipped(&self) -> Vec<String> {
        self.outcome.skipped.iter().map(|skip| format!("{} ({})", skip.path, skip.why)).collect()
    }

    fn skipped_paths(&self) -> Vec<&str> {
        self.outcome.skipped.iter().map(|skip| &*skip.path).collect()
    }

    /// Nothing but these files.
    fn only(&self, paths: &[&str]) {
        assert_eq!(self.paths(), paths);
        assert_eq!(self.outcome, WalkOutcome::default());
    }
}

struct Look<'a> {
    cwd: PathBuf,
    include: Include,
    policy: &'a dyn Policy,
    threads: usize,
}

fn matches_in(cwd: impl AsRef<Path>) -> Look<'static> {
    static DEFAULTS: std::sync::LazyLock<Uniform> =
        std::sync::LazyLock::new(|| Uniform::new(FilePolicy::default()));
    Look { cwd: cwd.as_ref().to_path_buf(), include: Include::new(), policy: &*DEFAULTS, threads: 3 }
}

impl Look<'_> {
    fn including(mut self, kinds: &[FileKind]) -> Self {
        self.include = kinds.iter().copied().collect();
        self
    }

    fn try_at(&self, paths: &[&str]) -> Result<Run, PathError> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let request = Request {
            paths: &paths,
            cwd: &self.cwd,
            include: self.include.clone(),
            policy: self.policy,
            threads: self.threads,
            disk: Disk::default(),
        };
        let found = Mutex::new(Vec::new());
        let outcome = Discovery::plan(request)?.run(|| {
            |wanted| {
                found.lock().unwrap().push(wanted);
                ControlFlow::Continue(())
            }
        });
        let mut wanted = found.into_inner().unwrap();
        wanted.sort_by(|a: &Wanted, b| a.path.cmp(&b.path));
        Ok(Run { wanted, outcome })
    }

    fn at(&self, paths: &[&str]) -> Run {
        self.try_at(paths).unwrap()
    }

    fn refusal(&self, path: &str) -> String {
        self.try_at(&[path]).err().expect("a usage error").to_string()
    }
}

#[test]
fn every_module_goos_and_build_tag_in_one_run() {
    let dir = tree(&[
        "a.go",
        "a_windows.go",
        "a_test.go",
        "_disabled.go",
        "nested/go.mod",
        "nested/b.go",
        "x.go/inner.go",
        "readme.md",
        "empty/",
    ]);
    let run = matches_in(&dir).at(&[]);
    run.only(&["_disabled.go", "a.go", "a_test.go", "a_windows.go", "nested/b.go", "x.go/inner.go"]);
    let tests: Vec<bool> = run.wanted.iter().map(|wanted| wanted.is_test).collect();
    assert_eq!(tests, [false, false, true, false, false, false]);
    assert!(run.wanted.iter().all(|wanted| !wanted.explicit && wanted.absolute.is_absolute()));
}

#[test]
fn files_directories_and_patterns() {
    let dir = tree(&["a.go", "internal/b.go", "internal/deep/c.go", "cmd/d.go"]);
    let look = matches_in(&dir);
    let all = ["a.go", "cmd/d.go", "internal/b.go", "internal/deep/c.go"];
    for spelling in [".", "./...", "./", dir.path().to_str().unwrap()] {
        look.at(&[spelling]).only(&all);
    }
    for spelling in ["internal", "./internal/...", "internal/...", "./internal/", "cmd/../internal"] {
        look.at(&[spelling]).only(&all[2..]);
    }
    let run = look.at(&["./cmd/d.go", "a.go"]);
    run.only(&["a.go", "cmd/d.go"]);
    assert!(run.wanted.iter().all(|wanted| wanted.explicit));
}

#[test]
fn what_lies_outside_of_the_working_directory_is_shown_whole() {
    let dir = tree(&["here/", "there/a.go"]);
    let there = dunce::canonicalize(dir.path()).unwrap().join("there/a.go");
    matches_in(dir.path().join("here")).at(&["../there"]).only(&[there.to_str().unwrap()]);
}

#[test]
fn a_file_reached_twice_is_visited_once() {
    let dir = tree(&["a.go", "sub/b.go", "sub/deep/c.go"]);
    let run =
        matches_in(&dir).at(&["sub/b.go", ".", "./sub/...", "sub/deep", "a.go", "./a.go", "sub/../a.go"]);
    run.only(&["a.go", "sub/b.go", "sub/deep/c.go"]);
    let explicit: Vec<bool> = run.wanted.iter().map(|wanted| wanted.explicit).collect();
    assert_eq!(explicit, [true, true, false]);
}

#[test]
fn import_paths_are_usage_errors_that_say_what_to_write() {
    let dir = tree(&["internal/a.go", "gopkg.in/real.v1/a.go"]);
    fs::write(dir.path().join("go.mod"), "module example.com/m // the module\n\ngo 1.24\n").unwrap();
    let look = matches_in(&dir);
    for path in ["net/http", "github.com/x/y/...", "net/...", "std", "all"] {
        let refusal = look.refusal(path);
        assert!(refusal.contains(&format!("`{path}` is an import path")), "{refusal}");
        assert!(refusal.contains("write `./...`"), "{refusal}");
    }
    assert!(look.refusal("example.com/m/internal/...").ends_with("write `./internal/...`"));
    assert!(look.refusal("example.com/m").ends_with("write `.`"));
    let below = Look { cwd: dir.path().join("internal"), ..look };
    assert!(below.refusal("example.com/m/internal").ends_with("write `../internal`"));
    let look = Look { cwd: dir.path().to_path_buf(), ..below };
    look.at(&["gopkg.in/real.v1"]).only(&["gopkg.in/real.v1/a.go"]);
    assert!(look.refusal("./int.../a").contains("write `./...`"));
    assert!(look.refusal("internal/.../a").contains("write `internal/...`"));
    assert!(look.refusal("-").contains("stands alone"));
}

#[test]
fn what_is_missing_is_named_and_the_rest_runs() {
    let dir = tree(&["a.go", "internal/b.go"]);
    let run = matches_in(&dir).at(&[
        "a.go",
        "gone.go",
        "internal/gone",
        "./gone",
        "gone",
        "docs/gone.md",
        "a.go/...",
    ]);
    assert_eq!(run.paths(), ["a.go"]);
    let named: Vec<&str> = run.outcome.failures.iter().map(|failure| &*failure.path).collect();
    assert_eq!(named, ["./gone", "a.go/...", "docs/gone.md", "gone", "gone.go", "internal/gone"]);
    assert!(run.outcome.failures[0].reason.starts_with("no such file or directory; check the spelling"));
    let long = "x".repeat(5000);
    let run = matches_in(&dir).at(&[&long, "a.go"]);
    assert_eq!(run.paths(), ["a.go"]);
    assert!(run.outcome.failures[0].reason.starts_with("cannot be reached: "));
}

const SKIPPED: [&str; 7] = [
    "vendor/x/a.go",
    "sub/testdata/a.go",
    "third_party/a.go",
    "_old/a.go",
    ".hidden/a.go",
    ".#lock.go",
    "gen/a.go",
];

#[test]
fn default_skips_are_named_once_with_the_reason() {
    let dir = tree(&["a.go", "vendor/y/a.go", "vendor.go", "gen/b.go"]);
    add(dir.path(), &SKIPPED);
    git_init(dir.path());
    fs::write(dir.path().join(".gitignore"), "/gen/\n").unwrap();
    let run = matches_in(&dir).at(&[]);
    assert_eq!(run.paths(), ["a.go", "vendor.go"]);
    let by_name = "the go command ignores names that start with `_` or `.`; --include ignored";
    assert_eq!(
        run.skipped(),
        [
            format!(".#lock.go ({by_name})"),
            format!(".hidden/ ({by_name})"),
            format!("_old/ ({by_name})"),
            "gen/ (ignored by .gitignore; --include ignored)".to_string(),
            "sub/testdata/ (test data; --include testdata)".to_string(),
            "third_party/ (third-party code; --include third_party)".to_string(),
            "vendor/ (vendored code; --include vendor)".to_string(),
        ]
    );
}

#[test]
fn each_kind_can_be_included() {
    let dir = tree(&SKIPPED);
    fs::write(dir.path().join(".gitignore"), "/gen/\n").unwrap();
    for (kind, found) in [
        (FileKind::Vendor, &["vendor/x/a.go"][..]),
        (FileKind::Testdata, &["sub/testdata/a.go"]),
        (FileKind::ThirdParty, &["third_party/a.go"]),
        (FileKind::Ignored, &[".#lock.go", ".hidden/a.go", "_old/a.go", "gen/a.go"]),
        (FileKind::Tests, &[]),
        (FileKind::Generated, &[]),
    ] {
        assert_eq!(matches_in(&dir).including(&[kind]).at(&[]).paths(), found, "{kind:?}");
    }
    git_init(dir.path());
    fs::write(dir.path().join(".git/x.go"), "package p\n").unwrap();
    let run = matches_in(&dir).including(&FileKind::ALL).at(&[]);
    assert_eq!(run.wanted.len(), SKIPPED.len());
    assert!(run.outcome.skipped.is_empty(), "{:?}", run.skipped());
}

#[test]
fn include_words() {
    for kind in FileKind::ALL {
        assert_eq!(kind.word().parse(), Ok(kind));
    }
    let error = "vendr".parse::<FileKind>().unwrap_err().to_string();
    assert_eq!(error, "--include does not know `vendr`; did you mean `vendor`?");
    let error = "everything".parse::<FileKind>().unwrap_err().to_string();
    assert!(
        error.ends_with("it takes tests, generated, vendor, testdata, third_party, submodules, ignored"),
        "{error}"
    );
}

#[test]
fn what_is_named_still_obeys_the_skips() {
    let dir = tree(&["a.go", "readme.md"]);
    add(dir.path(), &SKIPPED);
    fs::write(dir.path().join(".gitignore"), "/gen/\n").unwrap();
    let look = matches_in(&dir);
    let mut all = SKIPPED.to_vec();
    all.extend(["a.go", "readme.md", "vendor/x", "./vendor/..."]);
    let run = look.at(&all);
    assert_eq!(run.paths(), ["a.go"]);
    assert!(run.outcome.failures.is_empty());
    let mut skipped = SKIPPED.to_vec();
    skipped.extend(["readme.md", "vendor/x/", "vendor/"]);
    skipped.sort_unstable();
    assert_eq!(run.skipped_paths(), skipped);
    assert!(run.skipped().contains(&"readme.md (not a .go file)".to_string()));
    assert!(run.skipped().contains(&"vendor/x/ (vendored code; --include vendor)".to_string()));
    let run = look.including(&[FileKind::Vendor]).at(&["vendor/x"]);
    run.only(&["vendor/x/a.go"]);
}

#[test]
fn names_above_the_working_directory_do_not_count() {
    let dir = tree(&["vendor/proj/a.go", "vendor/proj/testdata/b.go"]);
    let run = matches_in(dir.path().join("vendor/proj")).at(&[]);
    assert_eq!(run.paths(), ["a.go"]);
    assert_eq!(run.skipped_paths(), ["testdata/"]);
}

#[test]
fn an_absolute_path_from_elsewhere_obeys_the_skips_of_its_module_or_repository() {
    let elsewhere = tree(&[]);
    let dir = tree(&["proj/vendor/x/a.go", "proj/go.mod"]);
    let vendored = dir.path().join("proj/vendor/x");
    assert_eq!(matches_in(&elsewhere).at(&[vendored.to_str().unwrap()]).paths(), [""; 0]);
    fs::remove_file(dir.path().join("proj/go.mod")).unwrap();
    assert_eq!(matches_in(&elsewhere).at(&[vendored.to_str().unwrap()]).paths().len(), 1);
    git_init(dir.path());
    assert_eq!(matches_in(&elsewhere).at(&[vendored.to_str().unwrap()]).paths(), [""; 0]);
}

#[test]
fn gitignore_like_git() {
    let dir = tree(&[
        "a.go",
        "a.pb.go",
        "keep.pb.go",
        "sub/b.pb.go",
        "sub/out/c.go",
        "sub/local.go",
        "excluded.go",
        "nested/d.pb.go",
        "ignored.txt",
    ]);
    git_init(dir.path());
    git_init(&dir.path().join("nested"));
    fs::write(dir.path().join(".gitignore"), "*.pb.go\n!keep.pb.go\n*.txt\n").unwrap();
    fs::write(dir.path().join("sub/.gitignore"), "out\nlocal.go\n").unwrap();
    fs::write(dir.path().join(".git/info/exclude"), "/excluded.go\n").unwrap();
    let run = matches_in(&dir).at(&[]);
    assert_eq!(run.paths(), ["a.go", "keep.pb.go", "nested/d.pb.go"]);
    assert_eq!(
        run.skipped(),
        [
            "a.pb.go (ignored by .gitignore; --include ignored)",
            "excluded.go (ignored by .git/info/exclude; --include ignored)",
            "sub/b.pb.go (ignored by .gitignore; --include ignored)",
            "sub/local.go (ignored by sub/.gitignore; --include ignored)",
            "sub/out/ (ignored by sub/.gitignore; --include ignored)",
        ]
    );
    let run = matches_in(dir.path().join("sub")).at(&["."]);
    assert_eq!(run.paths(), [""; 0]);
    assert_eq!(run.skipped_paths(), ["b.pb.go", "local.go", "out/"]);
    let run = matches_in(&dir).at(&["sub/out/c.go", "keep.pb.go"]);
    assert_eq!(run.paths(), ["keep.pb.go"]);
}

#[test]
fn gitignore_without_a_repository_counts_from_the_top_of_the_walk() {
    let dir = tree(&["proj/a.go", "proj/gen/b.go", "proj/sub/c.go", "proj/sub/d.go"]);
    fs::write(dir.path().join(".gitignore"), "*\n").unwrap();
    fs::write(dir.path().join("proj/.gitignore"), "gen/\n").unwrap();
    fs::write(dir.path().join("proj/sub/.gitignore"), "d.go\n").unwrap();
    let run = matches_in(dir.path().join("proj")).at(&[]);
    assert_eq!(run.paths(), ["a.go", "sub/c.go"]);
    assert_eq!(run.skipped_paths(), ["gen/", "sub/d.go"]);
}

struct NoMocks;

impl Policy for NoMocks {
    fn for_file(&self, _: &Path) -> Arc<FilePolicy> {
        Arc::default()
    }

    fn excludes(&self, path: &Path, is_dir: bool) -> Option<String> {
        (is_dir && path.ends_with("mocks")).then(|| "excluded by gomend.toml".to_string())
    }

    fn excludes_above(&self, dir: &Path) -> Option<String> {
        dir.ancestors().find_map(|above| self.excludes(above, true))
    }
}

#[test]
fn what_the_policy_excludes_is_named_wherever_one_stands() {
    let dir = tree(&["a.go", "mocks/sub/b.go"]);
    let look = Look { policy: &NoMocks, ..matches_in(&dir) };
    let run = look.at(&[]);
    assert_eq!(run.paths(), ["a.go"]);
    assert_eq!(run.skipped(), ["mocks/ (excluded by gomend.toml)"]);
    let run = look.at(&["mocks/sub/b.go"]);
    assert_eq!(run.skipped(), ["mocks/sub/b.go (excluded by gomend.toml)"]);
    let look = Look { cwd: dir.path().join("mocks/sub"), ..look };
    assert_eq!(look.at(&[]).skipped(), ["./ (excluded by gomend.toml)"]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links() {
        let outside = tree(&["o.go"]);
        let dir = tree(&["a.go", "d/b.go", "vendor/v.go", "notes.txt"]);
        let at = |name: &str| dir.path().join(name);
        symlink("a.go", at("again.go")).unwrap();
        symlink("../a.go", at("d/up.go")).unwrap();
        symlink("d", at("dirlink")).unwrap();
        symlink("d", at("dir.go")).unwrap();
        symlink("nowhere", at("dangling.go")).unwrap();
        symlink("round.go", at("round.go")).unwrap();
        symlink("nowhere", at("dangling.txt")).unwrap();
        symlink(outside.path().join("o.go"), at("out.go")).unwrap();
        symlink("vendor/v.go", at("vendored.go")).unwrap();
        symlink("notes.txt", at("notes.go")).unwrap();
        let run = matches_in(&dir).at(&[]);
        assert_eq!(run.paths(), ["a.go", "d/b.go"]);
        assert!(run.outcome.failures.is_empty());
        let out = dunce::canonicalize(outside.path()).unwrap().join("o.go");
        assert_eq!(
            run.skipped(),
            [
                "dangling.go (a link to nowhere, which does not exist)".to_string(),
                "dir.go (a link to a directory; links are not followed)".to_string(),
                "dirlink/ (a link to a directory; links are not followed)".to_string(),
                "notes.go (a link to notes.txt, which is not a .go file)".to_string(),
                format!("out.go (a link to {}, outside of the root)", out.display()),
                "round.go (a link to round.go, which does not exist)".to_string(),
                "vendor/ (vendored code; --include vendor)".to_string(),
                "vendored.go (a link to vendor/v.go, which is skipped: vendored code; --include vendor)"
                    .to_string(),
            ]
        );
    }

    #[test]
    fn a_link_is_visited_under_its_target() {
        let dir = tree(&["lib/a.go", "lib/b.go", "app/c.go"]);
        symlink("../lib/a.go", dir.path().join("app/a.go")).unwrap();
        symlink("../lib/a.go", dir.path().join("app/b.go")).unwrap();
        let run = matches_in(&dir).at(&["app/a.go"]);
        run.only(&["lib/a.go"]);
        assert!(run.wanted[0].explicit);
        let run = matches_in(&dir).at(&["app"]);
        assert_eq!(run.paths(), ["app/c.go", "lib/a.go"], "below the working directory");
        let run = matches_in(&dir).at(&["app", "lib/a.go"]);
        run.only(&["app/c.go", "lib/a.go"]);
        let app = matches_in(dir.path().join("app"));
        assert_eq!(app.at(&[]).paths(), ["c.go"]);
        assert_eq!(app.at(&[]).skipped_paths(), ["a.go", "b.go"]);
        git_init(dir.path());
        let run = app.at(&[]);
        assert_eq!(run.paths().len(), 2, "below the repository");
        assert!(run.paths()[0].ends_with("/lib/a.go"));
        let run = matches_in(&dir).at(&["app/gone.go"]);
        assert_eq!(run.outcome.failures.len(), 1);
    }

    #[test]
    fn a_named_dangling_link_is_an_error_and_a_named_directory_link_a_root() {
        let dir = tree(&["real/a.go"]);
        symlink("nowhere.go", dir.path().join("l.go")).unwrap();
        symlink("real", dir.path().join("link")).unwrap();
        let run = matches_in(&dir).at(&["l.go"]);
        assert_eq!(&*run.outcome.failures[0].path, "l.go");
        assert!(run.outcome.failures[0].reason.contains("nowhere.go"));
        matches_in(&dir).at(&["link", "real"]).only(&["real/a.go"]);
        matches_in(&dir).at(&["link/a.go"]).only(&["real/a.go"]);
    }

    #[test]
    fn the_working_directory_may_be_reached_through_a_link() {
        let dir = tree(&["real/a.go", "real/vendor/b.go"]);
        symlink("real", dir.path().join("link")).unwrap();
        let run = matches_in(dir.path().join("link")).at(&[]);
        assert_eq!(run.paths(), ["a.go"]);
        assert_eq!(run.skipped_paths(), ["vendor/"]);
    }

    #[test]
    fn pipes_and_devices_are_never_opened() {
        let dir = tree(&["a.go"]);
        let status = Command::new("mkfifo").arg(dir.path().join("pipe.go")).status().unwrap();
        assert!(status.success());
        let socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket.go")).unwrap();
        symlink("pipe.go", dir.path().join("link.go")).unwrap();
        for paths in [&[][..], &["pipe.go", "socket.go", "link.go", "a.go"]] {
            let run = matches_in(&dir).at(paths);
            assert_eq!(run.paths(), ["a.go"]);
            assert_eq!(
                run.skipped(),
                ["link.go", "pipe.go", "socket.go"].map(|name| format!("{name} (not a regular file)"))
            );
        }
        drop(socket);
        assert_eq!(matches_in(&dir).at(&["/dev/null"]).skipped(), ["/dev/null (not a .go file)"]);
    }

    #[test]
    fn unreadable_directories_are_errors_and_the_rest_runs() {
        let dir = tree(&["a.go", "closed/b.go"]);
        let closed = dir.path().join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
        // The superuser reads it all the same.
        let superuser = fs::read_dir(&closed).is_ok();
        let run = matches_in(&dir).at(&[]);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if superuser {
            run.only(&["a.go", "closed/b.go"]);
        } else {
            assert_eq!(run.paths(), ["a.go"]);
            assert_eq!(&*run.outcome.failures[0].path, "closed");
            assert!(run.outcome.failures[0].reason.contains("check its permissions"));
        }
    }

    #[test]
    fn a_name_that_is_not_utf8_is_said() {
        let dir = tree(&["a.go"]);
        let name = std::ffi::OsStr::from_bytes(b"b\xff.go");
        fs::write(dir.path().join(name), "package p\n").unwrap();
        let run = matches_in(&dir).at(&[]);
        assert_eq!(run.paths(), ["a.go"]);
        assert_eq!(run.skipped(), ["b\u{fffd}.go (its name is not UTF-8; rename it)"]);
    }
}

#[test]
fn reading_refuses_with_the_reason() {
    let dir = tree(&["a.go", "empty.go", "latin.go", "big.go"]);
    fs::write(dir.path().join("empty.go"), "").unwrap();
    fs::write(dir.path().join("latin.go"), b"package p // caf\xe9\n").unwrap();
    // Sparse, so that 50 MB take no time; the size is all that is looked at.
    fs::File::create(dir.path().join("big.go")).unwrap().set_len(50 << 20).unwrap();
    let run = matches_in(&dir).at(&[]);
    let text = |name: &str| {
        let wanted = run.wanted.iter().find(|wanted| &*wanted.path == name).unwrap();
        read_path(&wanted.absolute, Limits::default())
    };
    assert_eq!(text("a.go").unwrap(), "package p\n");
    assert_eq!(text("empty.go").unwrap(), "");
    assert!(matches!(text("latin.go"), Err(ReadRefusal::NotUtf8(16))));
    assert!(matches!(text("big.go"), Err(ReadRefusal::TooLarge(52428800, 4194304))));
    let mut gone = run.wanted[0].clone();
    gone.absolute = dir.path().join("gone.go");
    let error = read_path(&gone.absolute, Limits::default()).unwrap_err();
    assert!(error.is_failure() && error.to_string().starts_with("cannot be read: "), "{error}");
    gone.absolute = dir.path().to_path_buf();
    assert!(matches!(read_path(&gone.absolute, Limits::default()), Err(ReadRefusal::NotRegular)));
    let exact = Limits { file_size: 10 };
    gone.absolute = dir.path().join("a.go");
    assert_eq!(read_path(&gone.absolute, exact).unwrap().len(), 10);
    assert!(matches!(read_path(&gone.absolute, Limits { file_size: 9 }), Err(ReadRefusal::TooLarge(10, 9))));
}

#[test]
fn lists_of_paths() {
    let dir = tree(&["a/b.go", "c.go"]);
    let paths = |bytes: &[u8]| listed(bytes, dir.path());
    let want = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
    assert_eq!(paths(b"a/b.go\nc.go\n"), want(&["a/b.go", "c.go"]));
    assert_eq!(paths(b"\xef\xbb\xbfa/b.go\r\n\r\n  \nc.go"), want(&["a/b.go", "c.go"]));
    assert_eq!(paths(b"a/b.go\0two\nlines.go\0\0"), want(&["a/b.go", "two\nlines.go"]));
    assert_eq!(paths(b"a\\b.go\nx\\y.go"), want(&["a/b.go", "x\\y.go"]));
    assert_eq!(paths(b""), want(&[]));
    fs::write(dir.path().join("list"), "c.go\n").unwrap();
    assert_eq!(from_list(Path::new("list"), dir.path()).unwrap(), want(&["c.go"]));
    let error = from_list(Path::new("nolist"), dir.path()).unwrap_err().to_string();
    assert!(error.starts_with("the list nolist cannot be read: "), "{error}");
}

#[test]
fn a_visitor_can_end_the_walk() {
    let names: Vec<String> = (0..500).map(|n| format!("d{}/f{n}.go", n % 20)).collect();
    let dir = tree(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let seen = Mutex::new(0);
    let policy = Uniform::new(FilePolicy::default());
    let request = Request {
        paths: &[],
        cwd: dir.path(),
        include: Include::new(),
        policy: &policy,
        threads: 2,
        disk: Disk::default(),
    };
    Discovery::plan(request).unwrap().run(|| {
        |_| {
            *seen.lock().unwrap() += 1;
            ControlFlow::Break(())
        }
    });
    let seen = seen.into_inner().unwrap();
    assert!((1..=2).contains(&seen), "{seen}");
}

#[test]
fn the_outcome_does_not_depend_on_the_threads() {
    let names: Vec<String> = (0..300).map(|n| format!("d{}/vendor/f{n}.go", n % 40)).collect();
    let dir = tree(&names.iter().map(String::as_str).collect::<Vec<_>>());
    add(dir.path(), &["d1/a.go", "d2/a.go"]);
    let runs: BTreeSet<String> = [1, 2, 8]
        .map(|threads| {
            let run = Look { threads, ..matches_in(&dir) }.at(&[]);
            format!("{:?} {:?}", run.wanted, run.outcome)
        })
        .into();
    assert_eq!(runs.len(), 1);
}
