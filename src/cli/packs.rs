//! Packs: rules that come as Go modules, named in `gomend.toml`, checked against `gomend.sum`.
//! `gomend packs` lists and adds them.

mod add;
mod entries;
mod module_cache;
mod sum;

use super::args::{PacksArgs, PacksVerb, RuleArgs};
use super::io::Io;
use super::paths::{shown, working_directory};
use super::rule_source::{self, CONFIGURATION, FOLDER, RuleSource};
use super::{OK, Stop};
use crate::disk::{Disk, companion};
use crate::pattern::RuleLocation;
use crate::report::counted::counted;
use entries::PackEntry;
use module_cache::{FOLDERS, absent};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use sum::PackSums;

/// Runs the verb.
pub fn run(args: &PacksArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    match &args.what {
        Some(PacksVerb::Add { packs }) => add::run(packs, io),
        Some(PacksVerb::List) | None => list(io),
    }
}

fn list(io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let disk = Disk::default();
    let source = RuleSource::tree(&disk);
    let top = rule_source::root(&cwd);
    let homes: Vec<PathBuf> =
        cwd.ancestors().take_while(|dir| dir.starts_with(&top)).map(Path::to_owned).collect();
    let all = named(&cwd, &top, &homes, &source, &RuleArgs::default())?;
    if all.is_empty() {
        writeln!(io.stdout, "No packs count here; `gomend packs add PATH@VERSION` adds one.")?;
    }
    for pack in all {
        let rules = pack.rules(&cwd, &top, &source)?.len();
        let PackEntry { path, version, name, trust, .. } = &pack.entry;
        let version = version.as_deref().unwrap_or("in the tree");
        let trusted = match (pack.trusted, trust) {
            (true, _) => ", trusted",
            (false, true) => ", not trusted: the tree alone cannot say that",
            (false, false) => "",
        };
        writeln!(io.stdout, "{path} {version}  {name}/…  {}{trusted}", counted(rules, "rule", "rules"))?;
    }
    Ok(OK)
}

/// A pack with where it is named.
struct NamedPack {
    entry: PackEntry,
    /// The directory whose files its rules look at.
    home: PathBuf,
    /// Whether whoever runs gomend trusts it.
    trusted: bool,
}

/// The rules of all packs that the configurations of `homes` name, and of those that whoever
/// runs gomend has of his own.
///
/// # Errors
/// A pack that is not there, or is not what `gomend.sum` says.
pub fn found(
    cwd: &Path,
    top: &Path,
    homes: &[PathBuf],
    source: &RuleSource<'_>,
    args: &RuleArgs,
) -> Result<Vec<RuleLocation>, Stop> {
    let mut places: BTreeMap<(String, String), Vec<RuleLocation>> = BTreeMap::new();
    for pack in named(cwd, top, homes, source, args)? {
        for (id, file) in pack.rules(cwd, top, source)? {
            let origin = pack.entry.origin(pack.trusted);
            let known = places.entry((origin.name.clone(), id.clone())).or_default();
            let home = pack.home.clone();
            known.push(RuleLocation { id, file, home, except: Vec::new(), pack: Some(origin) });
        }
    }
    let mut rules = Vec::new();
    for places in places.into_values() {
        let homes: Vec<PathBuf> = places.iter().map(|rule| rule.home.clone()).collect();
        rules.extend(places.into_iter().map(|rule| {
            let inner = homes.iter().filter(|home| **home != rule.home && home.starts_with(&rule.home));
            RuleLocation { except: inner.cloned().collect(), ..rule }
        }));
    }
    Ok(rules)
}

/// The packs that count, with who trusts them.
fn named(
    cwd: &Path,
    top: &Path,
    homes: &[PathBuf],
    source: &RuleSource<'_>,
    args: &RuleArgs,
) -> Result<Vec<NamedPack>, Stop> {
    let disk = Disk::default();
    let (mut packs, mut trusted) = (Vec::new(), args.trust.clone());
    let mut read = |file: &Path, home: &Path, own: bool, source: &RuleSource<'_>| -> Result<(), Stop> {
        let Some(bytes) = source.read(file, cwd)? else { return Ok(()) };
        let text = String::from_utf8_lossy(&bytes);
        for entry in entries::read(&text, shown(cwd, file).as_ref())? {
            if own && entry.trust {
                trusted.push(entry.path.clone());
            }
            // Whoever runs gomend may trust a pack without naming a version of it.
            if entry.version.is_some() || entry.folder.is_some() {
                packs.push(NamedPack { entry, home: home.to_owned(), trusted: false });
            } else if !own {
                anyhow::bail!("{}: `{}` has no version; write \"v1.2.0\"", entry.place, entry.path);
            }
        }
        Ok(())
    };
    match &args.config {
        Some(file) => read(&cwd.join(file), cwd, true, &RuleSource::tree(&disk))?,
        None => {
            for home in homes {
                read(&home.join(CONFIGURATION), home, false, source)?;
            }
            for home in users_own(cwd, top) {
                read(&home.join(CONFIGURATION), &home, true, &RuleSource::tree(&disk))?;
            }
        }
    }
    for pack in &mut packs {
        pack.trusted = trusted.contains(&pack.entry.path);
    }
    if let Some(unknown) = args.trust.iter().find(|path| !packs.iter().any(|pack| pack.entry.path == **path))
    {
        anyhow::bail!("--trust {unknown}: no gomend.toml names that pack; `gomend packs` lists them");
    }
    let twice = packs.iter().find(|one| {
        packs.iter().any(|other| other.entry.name == one.entry.name && other.entry.path != one.entry.path)
    });
    if let Some(pack) = twice {
        anyhow::bail!(
            "{}: two packs are called `{}`; give one another name: `{{ version = \"…\", name = \"…\" }}`",
            pack.entry.place,
            pack.entry.name
        );
    }
    Ok(packs)
}

/// The directories above the code whose configuration is the user's own: those above the
/// outermost repository, and without one the home directory alone.
fn users_own(cwd: &Path, top: &Path) -> Vec<PathBuf> {
    let outermost = cwd.ancestors().filter(|dir| dir.join(".git").exists()).last();
    let above = outermost.unwrap_or(top).ancestors().skip(1);
    let home = etcetera::home_dir().ok();
    above.filter(|dir| outermost.is_some() || home.as_deref() == Some(dir)).map(Path::to_owned).collect()
}

impl NamedPack {
    /// Its rule files, by id, once what it holds was checked.
    fn rules(
        &self,
        cwd: &Path,
        top: &Path,
        source: &RuleSource<'_>,
    ) -> Result<BTreeMap<String, PathBuf>, Stop> {
        let PackEntry { path, version, place, .. } = &self.entry;
        let disk = Disk::default();
        let folder = self.entry.folder_in(&self.home, top)?;
        // What a revision holds is what the repository says that it holds.
        let of_revision = folder.is_some() && matches!(source, RuleSource::Revision { .. });
        let source = if folder.is_some() { source } else { &RuleSource::tree(&disk) };
        let dir = match (folder, version) {
            (Some(folder), _) => folder,
            (None, Some(version)) => module_cache::unpacked(&module_cache::folder()?, path, version),
            (None, None) => anyhow::bail!("{place}: `{path}` has no version"),
        };
        if !of_revision {
            anyhow::ensure!(
                dir.is_dir(),
                "{place}: {}",
                absent(path, version.as_deref(), shown(cwd, &dir).as_ref())
            );
            if let Some(version) = version {
                self.check(&dir, version)?;
            }
        }
        let mut rules = BTreeMap::new();
        for folder in FOLDERS {
            rules.extend(rule_source::in_folder_of(&dir.join(folder), source)?);
        }
        anyhow::ensure!(
            !rules.is_empty(),
            "{place}: `{path}` holds no rules: no .txtar and no .patch in its root, in rules or in {FOLDER}"
        );
        Ok(rules)
    }

    /// Whether the files are those that `gomend.sum` tells of.
    fn check(&self, dir: &Path, version: &str) -> Result<(), Stop> {
        let PackEntry { path, place, .. } = &self.entry;
        let file = self.home.join(sum::FILE);
        let text = match companion::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => anyhow::bail!("{}: {error}; check the path", file.display()),
        };
        let sums = PackSums::parse(&text).map_err(|line| {
            anyhow::anyhow!("{}:{line}: this line is not `path version h1:…`", file.display())
        })?;
        let Some(wanted) = sums.of(path, version) else {
            anyhow::bail!(
                "{place}: {} has no hash of {path} {version}; run `gomend packs add {path}@{version}`, and commit both files",
                sum::FILE
            );
        };
        let found = sum::of_folder(dir, path, version)?;
        anyhow::ensure!(
            found == wanted,
            "{place}: the files of {path} {version} are not those that {} names ({found}, not {wanted}); `go clean -modcache` and `go mod download {path}@{version}` bring them again",
            sum::FILE
        );
        Ok(())
    }
}
