//! Where rule files are read from: the working tree, or a revision.

use super::Stop;
use super::args::RuleArgs;
use super::git;
use super::paths::shown;
use crate::disk::Disk;
use crate::engine::discover::slashed;
use crate::pattern::RuleFile;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where rules are found, below a directory.
pub const FOLDER: &str = ".gomend/rules";

/// The largest rule file, in bytes.
const LARGEST: u64 = 1 << 20;

/// The file that may name more folders.
pub const CONFIGURATION: &str = "gomend.toml";

/// How the folders of rules below the working directory are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldersBelow {
    /// By a walk over its directories.
    Walked,
    /// By a walk, unless what an earlier one found is still there.
    Remembered,
    /// Not at all: whoever asks walks there himself and sees whether there are any.
    Unknown,
}

/// Where rule files are read from.
pub enum RuleSource<'a> {
    /// The working tree.
    Tree {
        /// Where its files are read.
        disk: &'a Disk,
        /// How the folders below the working directory are found.
        below: FoldersBelow,
    },
    /// A revision of the repository at this directory.
    Revision {
        /// The directory.
        top: PathBuf,
        /// The revision.
        revision: String,
    },
}

impl<'a> RuleSource<'a> {
    /// The working tree, of which nothing is remembered.
    pub fn tree(disk: &'a Disk) -> RuleSource<'a> {
        RuleSource::Tree { disk, below: FoldersBelow::Walked }
    }

    pub fn of(args: &RuleArgs, cwd: &Path, disk: &'a Disk, below: FoldersBelow) -> RuleSource<'a> {
        match &args.rules_from {
            Some(revision) => RuleSource::Revision { top: root(cwd), revision: revision.clone() },
            None => RuleSource::Tree { disk, below },
        }
    }

    /// The names of the files of a folder.
    fn list(&self, folder: &Path) -> Result<Vec<String>, Stop> {
        match self {
            RuleSource::Tree { disk, .. } => {
                let entries = match disk.read_dir(folder) {
                    Ok(entries) => entries,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
                    Err(error) => anyhow::bail!("{}: {error}; make the folder readable", folder.display()),
                };
                Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
            }
            RuleSource::Revision { top, revision } => {
                let Ok(below) = folder.strip_prefix(top) else { return Ok(Vec::new()) };
                let below = slashed(below);
                let listed = git::listed_at(top, revision, &below)?;
                let inside = listed.iter().filter_map(|path| path.strip_prefix(&format!("{below}/")));
                Ok(inside.filter(|name| !name.contains('/')).map(str::to_owned).collect())
            }
        }
    }

    /// What a file holds that may stand outside of the tree.
    pub fn read_anywhere(&self, file: &Path, cwd: &Path) -> Result<Option<Vec<u8>>, Stop> {
        match self {
            RuleSource::Revision { top, .. } if !file.starts_with(top) => {
                RuleSource::tree(&Disk::default()).read(file, cwd)
            }
            _ => self.read(file, cwd),
        }
    }

    /// What a file holds; nothing where it is not there.
    pub fn read(&self, file: &Path, cwd: &Path) -> Result<Option<Vec<u8>>, Stop> {
        let name = shown(cwd, file);
        match self {
            RuleSource::Tree { disk, .. } => match disk.read(file) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => anyhow::bail!("{name}: {error}; check the path"),
            },
            RuleSource::Revision { top, revision } => {
                let Ok(below) = file.strip_prefix(top) else { return Ok(None) };
                git::file_at(top, revision, &slashed(below))
            }
        }
    }
}

/// The root of the git repository, else the directory itself.
pub fn root(cwd: &Path) -> PathBuf {
    cwd.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(cwd).to_owned()
}

/// The rule files of one folder of the working tree, by id.
pub fn in_folder(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Stop> {
    in_folder_of(folder, &RuleSource::tree(&Disk::default()))
}

/// The rule files of one folder, by id.
pub fn in_folder_of(folder: &Path, source: &RuleSource<'_>) -> Result<BTreeMap<String, PathBuf>, Stop> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for name in source.list(folder)? {
        let path = folder.join(&name);
        let id = name.strip_suffix(".txtar").or_else(|| name.strip_suffix(".patch"));
        let Some(id) = id.filter(|id| !id.starts_with('.')) else { continue };
        if let Some(other) = found.insert(id.to_owned(), path.clone()) {
            anyhow::bail!(
                "{} and {} are the same rule `{id}`; keep one of them",
                other.display(),
                path.display()
            );
        }
    }
    Ok(found)
}

/// Reads a rule file as the rule `id`.
pub fn read_as(id: &str, file: &Path, cwd: &Path) -> Result<RuleFile, Stop> {
    let name = shown(cwd, file);
    let metadata =
        std::fs::metadata(file).map_err(|error| anyhow::anyhow!("{name}: {error}; check the path"))?;
    anyhow::ensure!(metadata.is_file(), "{name} is not a file; a rule is a .txtar or a .patch");
    let bytes = std::fs::read(file).map_err(|error| anyhow::anyhow!("{name}: {error}; check the path"))?;
    parsed(id, file, bytes, cwd)
}

/// The rule `id`, which stands in `bytes` of `file`.
pub fn parsed(id: &str, file: &Path, bytes: Vec<u8>, cwd: &Path) -> Result<RuleFile, Stop> {
    let name = shown(cwd, file);
    anyhow::ensure!(
        bytes.len() as u64 <= LARGEST,
        "{name} is larger than 1 MiB; a rule is a few lines of Go"
    );
    let text =
        String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name} is not UTF-8; save it as UTF-8"))?;
    Ok(RuleFile::parse(id, &name, &text)?)
}
