//! What the GitHub Action does on a runner: `scripts/action.sh` with an archive of a release
//! that lies in a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Runner {
    scratch: tempfile::TempDir,
}

const TARGET: &str = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };

impl Runner {
    /// A release with this program, and a repository with a finding on main and one more on
    /// the branch.
    fn new() -> Runner {
        let runner = Runner { scratch: tempfile::tempdir().unwrap() };
        let script = r#"
            set -e
            name=gomend-0.1.0-$TARGET-unknown-linux-musl
            mkdir -p release "$name" origin
            cp "$PROGRAM" "$name/gomend"
            tar -czf "release/$name.tar.gz" "$name"
            (cd release && sha256sum "$name.tar.gz" >SHA256SUMS)
            cd origin
            git init -q -b main
            printf 'module example.com/m\n\ngo 1.26\n' >go.mod
            collect() { printf 'package p\n\nimport "runtime"\n\nfunc %s() {\n\truntime.GC()\n}\n' "$1" >"$1.go"; }
            collect a
            git add . && git commit -qm start
            git checkout -q -b branch
            collect b
            git add . && git commit -qm more
            cd ..
            git clone -q --depth 1 -b branch "file://$PWD/origin" checkout
        "#;
        let made = runner.command("bash").args(["-c", script]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.scratch.path())
            .env("PROGRAM", env!("CARGO_BIN_EXE_gomend"))
            .env("TARGET", TARGET);
        for (key, value) in [
            ("AUTHOR_NAME", "a"),
            ("AUTHOR_EMAIL", "a@b"),
            ("COMMITTER_NAME", "a"),
            ("COMMITTER_EMAIL", "a@b"),
        ] {
            command.env(format!("GIT_{key}"), value);
        }
        command
    }

    fn run(&self, inputs: &[(&str, &str)]) -> Output {
        let action = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/action.sh");
        let mut command = self.command(action);
        command
            .current_dir(self.path("checkout"))
            .env("RUNNER_TOOL_CACHE", self.path("tools"))
            .env("RELEASES", format!("file://{}", self.path("release").display()))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env_remove("GITHUB_BASE_REF");
        let defaults = [
            ("VERSION", "0.1.0"),
            ("PATHS", "."),
            ("NEW", "auto"),
            ("FAIL_ON", "warning"),
            ("FORMAT", "json"),
        ];
        command.envs(defaults).envs(inputs.iter().copied()).output().unwrap()
    }
}

fn files(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let json: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_action_takes_a_release_and_reports() {
    let runner = Runner::new();
    let all = runner.run(&[]);
    assert_eq!(files(&all), ["a.go", "b.go"]);
    assert_eq!(all.status.code(), Some(0), "notes fail nothing unless asked");
    assert_eq!(runner.run(&[("FAIL_ON", "note")]).status.code(), Some(1));

    // What is in the cache of tools is taken, also without the release.
    std::fs::remove_dir_all(runner.path("release")).unwrap();
    assert_eq!(files(&runner.run(&[("ARGS", "--ignore 'manual-gc'")])), [""; 0]);
    // Unless it is another program by now.
    std::fs::write(runner.path("tools/gomend/0.1.0/gomend"), "#!/bin/sh\necho evil\n").unwrap();
    let changed = runner.run(&[]);
    assert_eq!(changed.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&changed.stdout).contains("evil"));
}

#[test]
fn a_pull_request_is_told_of_its_own_lines() {
    let runner = Runner::new();
    assert_eq!(files(&runner.run(&[("GITHUB_BASE_REF", "main")])), ["b.go"]);
    let output = runner.run(&[("NEW", "all"), ("OUTPUT", "out.json")]);
    assert!(output.stdout.is_empty());
    assert!(std::fs::read_to_string(runner.path("checkout/out.json")).unwrap().contains("a.go"));
}

#[test]
fn an_archive_with_another_hash_is_refused() {
    let runner = Runner::new();
    let wrong = "0".repeat(64);
    for inputs in [vec![("SHA256", wrong.as_str())], vec![("VERSION", "0.9.9")]] {
        let output = runner.run(&inputs);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("::error::gomend-0."), "{said}");
        assert!(!runner.path("tools/gomend/0.1.0/gomend").exists());
    }
}
