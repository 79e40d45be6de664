//! The files beside the code that say how a program is built and run: Dockerfiles,
//! manifests, units, scripts and makefiles.

use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Larger files are no descriptions of a deployment.
const LARGEST: u64 = 1 << 20;

/// The deployment files of a module.
#[derive(Debug, Default)]
pub(super) struct Deployment {
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
        Deployment { files }
    }

    /// The first line for which `wanted` holds, comments left out.
    pub(super) fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<(&Path, usize)> {
        self.files.iter().find_map(|(path, text)| {
            let line = text.lines().position(|line| {
                let line = line.trim_start();
                !line.starts_with(['#', ';']) && !line.starts_with("//") && wanted(line)
            })?;
            Some((path.as_path(), line + 1))
        })
    }

    /// The first line that sets the environment variable `name`.
    pub(super) fn sets(&self, name: &str) -> Option<(&Path, usize)> {
        self.find(|line| {
            line.match_indices(name).any(|(at, _)| {
                let part = |c: char| c.is_alphanumeric() || c == '_';
                let rest = &line[at + name.len()..];
                !line[..at].ends_with(part) && !rest.starts_with(part)
            })
        })
    }
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
