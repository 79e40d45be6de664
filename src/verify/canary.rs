//! The canary: does go see our overlay at all? It ignores one without a word
//! when the keys are spelled otherwise than it spells the paths itself.

use super::listing;
use super::session::Files;
use super::unit::{Place, Unit};
use crate::disk::companion;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// The word that the canary's compiler error must hold.
const CANARY: &str = "gomendOverlayCanary";

impl Unit<'_> {
    /// Every file must be seen to break when an overlay breaks it, and one
    /// package must fail to compile with our word in the message.
    pub(super) fn hear_canary(&mut self) -> Result<(), String> {
        let inside: Vec<(PathBuf, usize, bool)> = self
            .places
            .iter()
            .filter_map(|(file, place)| match place {
                Place::In { package, test } => Some((file.clone(), *package, *test)),
                _ => None,
            })
            .collect();
        if inside.is_empty() {
            return Ok(());
        }
        let broken = Files {
            bytes: inside.iter().map(|(file, ..)| (file.clone(), b"!\n".to_vec())).collect(),
            ..Files::default()
        };
        let dirs: BTreeSet<usize> = inside.iter().map(|(_, package, _)| *package).collect();
        let patterns = self.patterns(&dirs.into_iter().collect::<Vec<_>>());
        let flag = match listing::json_flag(self.ground.go) {
            "-json" => "-json",
            _ => "-json=Dir,InvalidGoFiles",
        };
        let listed = self.list(&["-e", "-find", flag], self.overlay(Some(&broken))?, &patterns)?;
        let seen: HashSet<PathBuf> = listed
            .iter()
            .flat_map(|package| {
                package.invalid_go_files.iter().map(|name| Path::new(&package.dir).join(name))
            })
            .collect();
        let sees = |file: &PathBuf| {
            self.keys.get(file).is_some_and(|keys| keys.iter().any(|key| seen.contains(key)))
        };
        let unseen: Vec<PathBuf> =
            inside.iter().map(|(file, ..)| file).filter(|file| !sees(file)).cloned().collect();
        for file in unseen {
            let why = "go does not see this file in an overlay, so nothing said of it would count";
            self.places.insert(file, Place::Stuck(why.into()));
        }
        self.hear_compiler(&inside)
    }

    /// The compiler's own canary, in at most three packages: one that is broken
    /// on disk may hide it.
    fn hear_compiler(&self, inside: &[(PathBuf, usize, bool)]) -> Result<(), String> {
        let mut files: Vec<&(PathBuf, usize, bool)> = inside.iter().collect();
        files.sort_by_key(|(_, package, test)| (*test, *package));
        files.dedup_by_key(|(_, package, _)| *package);
        for (file, package, test) in files.into_iter().take(3) {
            let Ok(mut bytes) = companion::read(file) else { continue };
            bytes.extend_from_slice(format!("\n\nvar _ = {CANARY}\n").as_bytes());
            let canary = Files { bytes: [(file.clone(), bytes)].into(), ..Files::default() };
            let mut flags = vec!["-e", "-export", "-gcflags=-e", listing::json_flag(self.ground.go)];
            if *test {
                flags.push("-test");
            }
            let listed = self.list(&flags, self.overlay(Some(&canary))?, &self.patterns(&[*package]))?;
            let errors =
                || listed.iter().flat_map(|package| package.error.iter().chain(&package.deps_errors));
            if errors().any(|error| error.err.contains(CANARY)) {
                return Ok(());
            }
            if errors().next().is_none() {
                return Err(
                    "go compiled a deliberately broken overlay without a word, so it ignores overlays here"
                        .into(),
                );
            }
        }
        // Broken packages only: the first canary has to be enough.
        Ok(())
    }
}
