//! The files beside the code that say how a program is built and run: Dockerfiles,
//! manifests, units, scripts and makefiles.

use crate::disk::{Disk, companion};
use crate::engine::discover::ignores::{Chain, OnFault, is_repository};
use std::path::{Path, PathBuf};

/// Larger files are no descriptions of a deployment.
const LARGEST: u64 = 1 << 20;

/// What is wrong with the files of patterns is told by the walk for the code.
const TOLD: OnFault<'static> = &|_, _| {};

/// Adds the deployment files in `dir` and below. Hidden files count: workflows and
/// `.goreleaser.yml` build what is deployed.
fn gather(dir: &Path, chain: &Chain, disk: &Disk, files: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if chain.ignored_by(&path, kind.is_dir()).is_some() {
            continue;
        }
        if kind.is_dir() {
            if !matches!(&*name, ".git" | "vendor" | "node_modules" | "testdata" | "third_party") {
                let chain = if is_repository(&path, disk) {
                    Chain::of_repository(&path, true, disk, TOLD)
                } else {
                    chain.clone().below(&path, true, disk, TOLD)
                };
                gather(&path, &chain, disk, files);
            }
        } else if kind.is_file()
            && deploys(&name)
            && entry.metadata().is_ok_and(|metadata| metadata.len() <= LARGEST)
            && let Ok(bytes) = companion::read(&path)
        {
            files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}

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
        let disk = Disk::default();
        let chain = Chain::at(root, true, &disk, TOLD);
        gather(root, &chain, &disk, &mut files);
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
