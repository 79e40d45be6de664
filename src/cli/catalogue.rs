//! The rules of a run: those that are a part of gomend, and those of the folders
//! `.gomend/rules` here and further up.

use super::Stop;
use crate::pattern::{PatchRule, RuleFile};
use crate::rewrite::RuleEntry;
use crate::transforms::CATALOGUE;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where rules are found, below a directory.
pub const FOLDER: &str = ".gomend/rules";
/// The group of the rules that are found there.
pub const GROUP: &str = "own";
/// The largest rule file, in bytes.
const LARGEST: u64 = 1 << 20;

/// All rules that count in `cwd`.
pub fn of(cwd: &Path) -> Result<Vec<RuleEntry>, Stop> {
    let mut rules = CATALOGUE.to_vec();
    for (_, file) in files(cwd)? {
        rules.push(PatchRule::new(GROUP, read(&file, cwd)?).entry());
    }
    Ok(rules)
}

/// The rule files that count in `cwd`, by id: of two with the same id the nearer one.
/// The search ends at the root of a git repository.
pub fn files(cwd: &Path) -> Result<BTreeMap<String, PathBuf>, Stop> {
    let mut found = BTreeMap::new();
    for dir in cwd.ancestors() {
        for (id, file) in in_folder(&dir.join(FOLDER))? {
            found.entry(id).or_insert(file);
        }
        if dir.join(".git").exists() {
            break;
        }
    }
    Ok(found)
}

/// The rule files of one folder, by id.
pub fn in_folder(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Stop> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => anyhow::bail!("{}: {error}; make the folder readable", folder.display()),
    };
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
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

/// Reads a rule file, which is called as its file is.
pub fn read(file: &Path, cwd: &Path) -> Result<RuleFile, Stop> {
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    read_as(&name, file, cwd)
}

/// Reads a rule file as the rule `id`.
pub fn read_as(id: &str, file: &Path, cwd: &Path) -> Result<RuleFile, Stop> {
    let shown = super::paths::shown(cwd, file);
    let metadata =
        std::fs::metadata(file).map_err(|error| anyhow::anyhow!("{shown}: {error}; check the path"))?;
    anyhow::ensure!(metadata.is_file(), "{shown} is not a file; a rule is a .txtar or a .patch");
    anyhow::ensure!(metadata.len() <= LARGEST, "{shown} is larger than 1 MiB; a rule is a few lines of Go");
    let bytes = std::fs::read(file).map_err(|error| anyhow::anyhow!("{shown}: {error}; check the path"))?;
    let text =
        String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{shown} is not UTF-8; save it as UTF-8"))?;
    Ok(RuleFile::parse(id, &shown, &text)?)
}
