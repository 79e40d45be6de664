//! The rules of a run: those that are a part of gomend, and those of the folders
//! `.gomend/rules` from each file up to the root, and of `rule-paths`.

use super::Stop;
use super::args::RuleArgs;
use super::git;
use super::packs;
use super::paths::shown;
use super::placed;
use super::rule_source::{CONFIGURATION, FOLDER, FoldersBelow, RuleSource, in_folder_of, parsed, root};
use super::tree;
use crate::disk::Disk;
use crate::engine::discover::OWN_FOLDER;
use crate::engine::replay::Replay;
use crate::pattern::{PatchRule, RuleLocation};
use crate::rewrite::RuleEntry;
use crate::transforms::CATALOGUE;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The group of the rules that are found there.
pub const GROUP: &str = "own";
/// All rules that count in `cwd`, those below it found as `below` says.
pub fn of(cwd: &Path, args: &RuleArgs, below: FoldersBelow) -> Result<Vec<RuleEntry>, Stop> {
    let mut rules = CATALOGUE.to_vec();
    if args.isolated {
        return Ok(rules);
    }
    let disk = Disk::default();
    let source = RuleSource::of(args, cwd, &disk, below);
    let (mut locations, mut files) = (Vec::new(), Vec::new());
    for rule in found(cwd, &source, args)? {
        let read = match &rule.pack {
            // The files of a pack were checked where they are.
            Some(_) => source.read_anywhere(&rule.file, cwd)?,
            None => source.read(&rule.file, cwd)?,
        };
        let Some(bytes) = read else { continue };
        files.push(parsed(&rule.id, &rule.file, bytes, cwd)?);
        locations.push(rule);
    }
    placed::place(&mut files, &root(cwd))?;
    let placed = locations.into_iter().zip(files);
    rules.extend(placed.map(|(rule, file)| PatchRule::at(rule, file, GROUP).entry()));
    Ok(rules)
}

/// The rule files that count in `cwd` itself, by id: of two with the same id the nearer one.
pub fn files(cwd: &Path) -> Result<BTreeMap<String, PathBuf>, Stop> {
    let mut nearest: BTreeMap<String, RuleLocation> = BTreeMap::new();
    let nearness = |rule: &RuleLocation| (cwd.starts_with(&rule.home), rule.home.components().count());
    let all = found_on(&Disk::default(), cwd)?;
    for rule in all.into_iter().filter(|rule| rule.pack.is_none()) {
        match nearest.get(&rule.id) {
            Some(known) if nearness(known) > nearness(&rule) => {}
            _ => drop(nearest.insert(rule.id.clone(), rule)),
        }
    }
    Ok(nearest.into_iter().map(|(id, rule)| (id, rule.file)).collect())
}

/// All rule files of `cwd`, of the directories above it up to the root of the repository, and
/// of those below it.
pub fn found_on(disk: &Disk, cwd: &Path) -> Result<Vec<RuleLocation>, Stop> {
    found(cwd, &RuleSource::tree(disk), &RuleArgs::default())
}

fn found(cwd: &Path, source: &RuleSource<'_>, args: &RuleArgs) -> Result<Vec<RuleLocation>, Stop> {
    let top = root(cwd);
    let mut homes: Vec<PathBuf> =
        cwd.ancestors().take_while(|dir| dir.starts_with(&top)).map(Path::to_owned).collect();
    homes.extend(homes_below(cwd, source)?);
    let mut found: BTreeMap<String, Vec<(PathBuf, PathBuf)>> = BTreeMap::new();
    let packs = packs::found(cwd, &top, &homes, source, args)?;
    for home in homes {
        let mut folders = vec![home.join(FOLDER)];
        folders.extend(more_folders(&home, &top, cwd, source)?);
        for folder in folders {
            for (id, file) in in_folder_of(&folder, source)? {
                let places = found.entry(id).or_default();
                if !places.iter().any(|(known, _)| *known == home) {
                    places.push((home.clone(), file));
                }
            }
        }
    }
    let mut rules = Vec::new();
    for (id, places) in &found {
        for (home, file) in places {
            // Where a rule further in has the same id, that one counts.
            let inner = places.iter().map(|(other, _)| other).filter(|other| *other != home);
            let except = inner.filter(|other| other.starts_with(home)).cloned().collect();
            let (id, file, home) = (id.clone(), file.clone(), home.clone());
            rules.push(RuleLocation { id, file, home, except, pack: None });
        }
    }
    rules.extend(packs);
    Ok(rules)
}

/// The directories below `cwd` that have rules of their own.
fn homes_below(cwd: &Path, source: &RuleSource<'_>) -> Result<Vec<PathBuf>, Stop> {
    if let RuleSource::Revision { top, revision } = source {
        let below = crate::engine::discover::slashed(cwd.strip_prefix(top).unwrap_or(Path::new("")));
        let listed = git::listed_at(top, revision, &below)?;
        let homes = listed.iter().filter_map(|path| path.split_once(&format!("/{FOLDER}/")));
        let homes: std::collections::BTreeSet<PathBuf> = homes.map(|(home, _)| top.join(home)).collect();
        return Ok(homes.into_iter().filter(|home| home != cwd).collect());
    }
    let mut homes = match source {
        RuleSource::Tree { below: FoldersBelow::Unknown, .. } => Vec::new(),
        RuleSource::Tree { below: FoldersBelow::Remembered, .. } => remembered_homes(cwd),
        _ => tree::holding(cwd, OWN_FOLDER, &Disk::default()),
    };
    homes.retain(|home| home != cwd);
    Ok(homes)
}

/// Whether rules lie below `dir`, a directory that a walk passes by.
pub fn lie_below(dir: &Path, disk: &Disk) -> bool {
    !tree::is_passed_by(dir) && !tree::holding(dir, OWN_FOLDER, disk).is_empty()
}

/// Whether an earlier run found rules below `cwd`, which may be gone now.
pub fn were_below(cwd: &Path) -> bool {
    let kept = homes_replay(cwd).and_then(|replay| replay.kept(read_homes));
    kept.is_some_and(|homes| homes.iter().any(|home| home != cwd))
}

fn read_homes(kept: &[u8]) -> Option<Vec<PathBuf>> {
    postcard::from_bytes(kept).ok()
}

/// Where the folders that were found below `cwd` are remembered, if there were any.
fn homes_replay(cwd: &Path) -> Option<Replay> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Replay::of("rules", &format!("{cwd:?}"), None, threads)
}

/// As [`tree::holding`] finds them, or as it found them before if no directory has changed since.
fn remembered_homes(cwd: &Path) -> Vec<PathBuf> {
    let Some(replay) = homes_replay(cwd) else {
        return tree::holding(cwd, OWN_FOLDER, &Disk::default());
    };
    let disk = Disk::recording();
    match replay.find_as(&disk, read_homes) {
        Ok(homes) => homes,
        Err(old) => {
            let homes = tree::holding(cwd, OWN_FOLDER, &disk);
            let below = homes.iter().any(|home| home != cwd);
            // A name that is no text cannot be kept; then the next run walks again.
            if (below || old.is_some())
                && let Ok(bytes) = postcard::to_stdvec(&homes)
            {
                replay.put(&bytes, &disk, old.as_ref());
            }
            homes
        }
    }
}

/// The folders that `rule-paths` of a directory's configuration names.
fn more_folders(home: &Path, top: &Path, cwd: &Path, source: &RuleSource<'_>) -> Result<Vec<PathBuf>, Stop> {
    let file = home.join(CONFIGURATION);
    let Some(bytes) = source.read(&file, cwd)? else { return Ok(Vec::new()) };
    // What is wrong with the file is said when it is read as a configuration.
    let table: Option<toml::Table> = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
    let Some(list) = table.as_ref().and_then(|table| table.get("rule-paths")?.as_array()) else {
        return Ok(Vec::new());
    };
    let mut folders = Vec::new();
    for path in list.iter().filter_map(toml::Value::as_str) {
        let inside = Path::new(path).components().try_fold(home.to_owned(), |at, part| match part {
            Component::Normal(name) => Some(at.join(name)),
            Component::CurDir => Some(at),
            Component::ParentDir => at.parent().map(Path::to_owned),
            _ => None,
        });
        match inside.filter(|folder| folder.starts_with(top)) {
            Some(folder) => folders.push(folder),
            None => anyhow::bail!(
                "{}: `rule-paths` names `{path}`, which lies outside of the repository; name a folder in it",
                shown(cwd, &file)
            ),
        }
    }
    Ok(folders)
}
