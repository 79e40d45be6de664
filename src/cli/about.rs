//! `gomend help`, `gomend version` and `gomend clean`.

use super::args::{self, CleanArgs, HelpArgs};
use super::io::{Io, tolerate};
use super::{OK, Stop};
use crate::disk::cache_files;
use crate::engine::policy::closest;
use crate::report::counted::counted;
use anyhow::Context;
use std::fs;
use std::path::Path;

/// The folders of gomend's cache folder: kept scans, verdicts, where
/// rules lie, copies of trees, answers about types.
const CACHES: [&str; 5] = ["check", "proofs", "rules", "trees", "types"];

/// `gomend help`, as `--help` prints it.
pub fn help(args: &HelpArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut command = args::command();
    command.build();
    let page = match &args.verb {
        // Nothing of it has a longer form.
        None => command.render_help(),
        Some(name) => {
            let verbs: Vec<String> =
                command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
            let Some(verb) = command.find_subcommand_mut(name) else {
                let near = closest(name, verbs.iter().map(String::as_str));
                let tip = near.map_or_else(
                    || "`gomend help` lists the commands".to_owned(),
                    |verb| format!("did you mean `{verb}`?"),
                );
                anyhow::bail!("there is no command `{name}`; {tip}");
            };
            verb.render_long_help()
        }
    };
    let colour = io.render(args::Colour::Auto).colour;
    let text = if colour { page.ansi().to_string() } else { page.to_string() };
    tolerate(io.stdout.write_all(text.as_bytes()))?;
    Ok(OK)
}

/// `gomend version`, as `--version` prints it.
pub fn version(io: &mut Io<'_>) -> Result<u8, Stop> {
    tolerate(writeln!(io.stdout, "gomend {}", env!("CARGO_PKG_VERSION")))?;
    Ok(OK)
}

/// `gomend clean`: removes what can be worked out anew.
pub fn clean(args: &CleanArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let home = cache_files::home().context("this system names no folder for caches; nothing is kept")?;
    let (mut files, mut bytes) = (0, 0);
    for name in CACHES {
        let folder = home.join(name);
        let Ok(metadata) = fs::symlink_metadata(&folder) else { continue };
        anyhow::ensure!(
            metadata.is_dir(),
            "{}: not a directory, so gomend has not made it; remove it by hand",
            folder.display()
        );
        measure(&folder, &mut files, &mut bytes);
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be removed; check who owns it", folder.display()))?;
    }
    if !args.quiet {
        let said = if files == 0 {
            format!("The caches in {} are empty.", home.display())
        } else {
            format!("Removed {} ({}) of {}.", counted(files, "file", "files"), size(bytes), home.display())
        };
        tolerate(writeln!(io.stdout, "{said}"))?;
    }
    Ok(OK)
}

/// Counts what lies in `folder`; links are counted, not followed.
fn measure(folder: &Path, files: &mut usize, bytes: &mut u64) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match fs::symlink_metadata(entry.path()) {
            Ok(metadata) if metadata.is_dir() => measure(&entry.path(), files, bytes),
            Ok(metadata) => {
                *files += 1;
                *bytes += metadata.len();
            }
            Err(_) => {}
        }
    }
}

/// A number of bytes as people read it: `1.4 MiB`.
fn size(bytes: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => counted(usize::try_from(bytes).unwrap_or(usize::MAX), "byte", "bytes"),
    }
}
