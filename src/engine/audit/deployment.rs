//! The files beside the code that say how a program is built and run: Dockerfiles,
//! manifests, units, scripts and makefiles.

use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Larger files are no descriptions of a deployment.
const LARGEST: u64 = 1 << 20;

/// The deployment files of a module.
#[derive(Debug, Default)]
pub(super) struct Deployment {
    /// The module.
    root: PathBuf,
    files: Vec<(PathBuf, String)>,
}

impl Deployment {
    /// Reads those below `root` that git does not ignore.
    pub(super) fn read(root: &Path) -> Deployment {
        let mut files = Vec::new();
        // Hidden files count: workflows and `.goreleaser.yml` build what is deployed.
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                !matches!(&*name, ".git" | "vendor" | "node_modules" | "testdata" | "third_party")
            })
            .build();
        for entry in walk.flatten() {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            let small = || entry.metadata().is_ok_and(|metadata| metadata.len() <= LARGEST);
            if is_file && deploys(&entry.file_name().to_string_lossy()) && small() {
                let text =
                    std::fs::read(entry.path()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                files.extend(text.ok().map(|text| (entry.path().to_owned(), text)));
            }
        }
        files.sort();
        Deployment { root: root.to_owned(), files }
    }

    /// The first line for which `wanted` holds, comments left out.
    pub(super) fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<(&Path, usize)> {
        self.first(|_, line| wanted(line))
    }

    fn first(&self, wanted: impl Fn(&Path, &str) -> bool) -> Option<(&Path, usize)> {
        self.files.iter().find_map(|(path, text)| {
            let line = text.lines().position(|line| {
                let line = line.trim_start();
                !line.starts_with(['#', ';']) && !line.starts_with("//") && wanted(path, line)
            })?;
            Some((path.as_path(), line + 1))
        })
    }

    /// The first line that sets the environment variable `name` where the program
    /// runs: not where it is built or tested.
    pub(super) fn sets(&self, name: &str) -> Option<(&Path, usize)> {
        self.first(|path, line| {
            let tools = ["go test", "go vet", "go build", "golangci-lint", "make ", "unset ", "echo "];
            !is_for_tests(path.strip_prefix(&self.root).unwrap_or(path))
                && !tools.iter().any(|tool| line.contains(tool))
                && line.match_indices(name).any(|(at, _)| {
                    let part = |c: char| c.is_alphanumeric() || c == '_';
                    let (before, rest) = (&line[..at], &line[at + name.len()..]);
                    let read = before.ends_with('$') || before.ends_with("${");
                    let value = rest.trim_start_matches([' ', '=', ':', '"', '\'']);
                    let value = value.split([' ', '"', '\'', ',', '}']).next().unwrap_or_default();
                    // What is as if it were not set.
                    let off = ["off", "none", "single", "0"].contains(&value);
                    !read && !off && !before.ends_with(part) && !rest.starts_with(part)
                })
        })
    }
}

/// Whether the file is of continuous integration or of tests: it says how the module is
/// checked, not how its programs run.
fn is_for_tests(path: &Path) -> bool {
    const PARTS: &[&str] = &[
        ".github",
        ".gitlab",
        ".circleci",
        ".buildkite",
        ".woodpecker",
        ".semaphore",
        "test",
        "tests",
        "testing",
        "e2e",
        "integration",
        "integration-tests",
        "ci",
        ".ci",
        "benchmark",
        "benchmarks",
        ".gitlab-ci.yml",
        ".travis.yml",
        ".drone.yml",
        ".cirrus.yml",
        ".appveyor.yml",
        "appveyor.yml",
        "azure-pipelines.yml",
        "cloudbuild.yaml",
        ".golangci.yml",
        ".golangci.yaml",
    ];
    path.components().any(|part| PARTS.iter().any(|known| part.as_os_str() == *known))
}

fn deploys(name: &str) -> bool {
    const WHOLE: &[&str] =
        &["Makefile", "makefile", "GNUmakefile", "Procfile", "Justfile", "justfile", "Taskfile", ".env"];
    const ENDS: &[&str] = &[
        ".yaml", ".yml", ".service", ".env", ".sh", ".mk", ".tf", ".hcl", ".nomad", ".tpl", ".bash", ".ps1",
        ".bazel",
    ];
    let begins = ["Dockerfile", "Containerfile"].iter().any(|word| name.starts_with(word));
    begins
        || WHOLE.contains(&name)
        || name.ends_with(".Dockerfile")
        || ENDS.iter().any(|end| name.ends_with(end))
}
