//! `gomend packs add`: writes down a version of a pack, and the hash of what it holds.

use super::entries::{self, is_module_path, is_version};
use super::module_cache::{self, FOLDERS, absent};
use super::sum::{self, PackSums};
use crate::cli::io::{Io, save};
use crate::cli::paths::{shown, working_directory};
use crate::cli::rule_source::{self, CONFIGURATION};
use crate::cli::{OK, Stop};
use crate::disk::companion;
use crate::report::counted::counted;
use std::path::{Path, PathBuf};

/// Adds packs of the form `PATH@VERSION`.
pub fn run(packs: &[String], io: &mut Io<'_>) -> Result<u8, Stop> {
    let cwd = working_directory()?;
    let home = home_of(&cwd);
    for pack in packs {
        let said = add(pack, &home, &cwd)?;
        writeln!(io.stdout, "{said}")?;
    }
    Ok(OK)
}

/// The directory whose `gomend.toml` counts: the nearest upward, else the root.
fn home_of(cwd: &Path) -> PathBuf {
    let top = rule_source::root(cwd);
    let mut inside = cwd.ancestors().take_while(|dir| dir.starts_with(&top));
    let nearest = inside.find(|dir| dir.join(CONFIGURATION).is_file()).map(Path::to_owned);
    nearest.unwrap_or(top)
}

fn add(pack: &str, home: &Path, cwd: &Path) -> Result<String, Stop> {
    let parts = pack.split_once('@').filter(|(path, version)| is_module_path(path) && is_version(version));
    let Some((path, version)) = parts else {
        anyhow::bail!(
            "`{pack}` is not a pack; write PATH@VERSION with a whole version: example.com/acme/rules@v1.2.0"
        );
    };
    let file = home.join(CONFIGURATION);
    let before = read(&file)?;
    let known = entries::read(&before, shown(cwd, &file).as_ref())?;
    let folder = known
        .iter()
        .find(|entry| entry.path == path)
        .map(|entry| entry.folder_in(home, &rule_source::root(cwd)));
    let folder = folder.transpose()?.flatten();
    let cache = module_cache::folder()?;
    let in_cache = folder.is_none();
    let dir = folder.unwrap_or_else(|| module_cache::unpacked(&cache, path, version));
    anyhow::ensure!(dir.is_dir(), "{}", absent(path, Some(version), shown(cwd, &dir).as_ref()));
    let hash = sum::of_folder(&dir, path, version)?;
    if in_cache && let Some(downloaded) = module_cache::downloaded_hash(&cache, path, version) {
        anyhow::ensure!(
            downloaded == hash,
            "{}: the files are not those that go downloaded ({hash}, not {downloaded}); run `go clean -modcache` and `go mod download {path}@{version}`",
            dir.display()
        );
    }
    let mut count = 0;
    for folder in FOLDERS {
        for (id, rule) in rule_source::in_folder(&dir.join(folder))? {
            rule_source::read_as(&id, &rule, cwd)?;
            count += 1;
        }
    }
    anyhow::ensure!(
        count > 0,
        "{path} {version} holds no rules; a pack has them in its root, in rules or in .gomend/rules"
    );
    let after = with_entry(&before, path, version);
    let written = entries::read(&after, CONFIGURATION)?;
    anyhow::ensure!(
        written.iter().any(|entry| entry.path == path && entry.version.as_deref() == Some(version)),
        "{}: the entry cannot be written here; write `\"{path}\" = \"{version}\"` below `[packs]`",
        shown(cwd, &file)
    );
    let sums_file = home.join(sum::FILE);
    let mut sums = PackSums::parse(&read(&sums_file)?).map_err(|line| {
        anyhow::anyhow!("{}:{line}: this line is not `path version h1:…`", sums_file.display())
    })?;
    sums.set(path, version, &hash);
    save(&file, after.as_bytes())?;
    save(&sums_file, sums.text().as_bytes())?;
    Ok(format!("{path} {version}: {}, {hash}", counted(count, "rule", "rules")))
}

fn read(file: &Path) -> Result<String, Stop> {
    match companion::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => anyhow::bail!("{}: {error}; check the path", file.display()),
    }
}

/// The configuration with the version of the pack, all else as it was.
fn with_entry(text: &str, path: &str, version: &str) -> String {
    let entry = format!("\"{path}\" = \"{version}\"\n");
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let Some(head) = lines.iter().position(|line| line.trim() == "[packs]") else {
        let mut text = text.to_owned();
        if !text.is_empty() {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        return format!("{text}[packs]\n{entry}");
    };
    let end = lines[head + 1..].iter().position(|line| line.trim_start().starts_with('['));
    let end = end.map_or(lines.len(), |end| head + 1 + end);
    let key = format!("\"{path}\"");
    let own = (head + 1..end).find(|at| lines[*at].trim_start().starts_with(&key));
    match own {
        Some(at) => {
            let line = lines[at].clone();
            let old = entries::read(&format!("[packs]\n{line}"), CONFIGURATION).ok();
            let old = old.and_then(|entries| entries.into_iter().next()?.version);
            // A table keeps what else it says.
            lines[at] = match old {
                Some(old) => line.replace(&format!("\"{old}\""), &format!("\"{version}\"")),
                None => entry,
            };
        }
        None => {
            if lines[end - 1].ends_with('\n') {
                let blank =
                    lines[head + 1..end].iter().rev().take_while(|line| line.trim().is_empty()).count();
                lines.insert(end - blank, entry);
            } else {
                lines[end - 1].push('\n');
                lines.insert(end, entry);
            }
        }
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_added_or_changed_and_nothing_else() {
        for (before, after) in [
            ("", "[packs]\n\"a.b/c\" = \"v1.0.0\"\n"),
            ("root = true", "root = true\n\n[packs]\n\"a.b/c\" = \"v1.0.0\"\n"),
            (
                "[packs]\n\"a.b/d\" = \"v2.0.0\" # d\n\n[audit]\n",
                "[packs]\n\"a.b/d\" = \"v2.0.0\" # d\n\"a.b/c\" = \"v1.0.0\"\n\n[audit]\n",
            ),
            (
                "[packs]\n\"a.b/c\" = { version = \"v0.9.0\", name = \"x\" } # c\n",
                "[packs]\n\"a.b/c\" = { version = \"v1.0.0\", name = \"x\" } # c\n",
            ),
        ] {
            assert_eq!(with_entry(before, "a.b/c", "v1.0.0"), after);
        }
    }
}
