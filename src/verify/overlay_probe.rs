//! The overlay probe: does go see our overlay at all? It ignores one without a word
//! when the keys are spelled otherwise than it spells the paths itself.

use super::listing;
use super::session::RenderedFiles;
use super::unit::{FilePlace, Unit};
use crate::disk::companion;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// The word that the probe's compiler error must hold.
const PROBE: &str = "gomendOverlayProbe";

impl Unit<'_> {
    /// Every file must be seen to break when an overlay breaks it, which is asked once:
    /// those that go does not see are stuck.
    ///
    /// # Errors
    /// A sentence that says why nothing of this module can be proved.
    pub(super) fn probe(&self) -> Result<(), String> {
        self.unseen.get_or_init(|| self.ask_loader()).as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn ask_loader(&self) -> Result<BTreeMap<PathBuf, FilePlace>, String> {
        let inside = self.inside();
        if inside.is_empty() {
            return Ok(BTreeMap::new());
        }
        let broken = RenderedFiles {
            bytes: inside.iter().map(|(file, ..)| (file.clone(), b"!\n".to_vec())).collect(),
            ..RenderedFiles::default()
        };
        let dirs: BTreeSet<usize> = inside.iter().map(|(_, package, _)| *package).collect();
        let patterns = self.patterns(&dirs.into_iter().collect::<Vec<_>>());
        let flag = match listing::json_flag(self.context.go) {
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
        let why = "go does not see this file in an overlay, so nothing said of it would count";
        let unseen = inside.into_iter().map(|(file, ..)| file).filter(|file| !sees(file));
        Ok(unseen.map(|file| (file, FilePlace::Stuck(why.into()))).collect())
    }

    /// The compiler's own overlay_probe, asked once: in a package with a broken file the compiler
    /// must say our word. It is asked when the packages have been compiled, which
    /// leaves it nothing to compile but that file.
    ///
    /// # Errors
    /// A sentence that says why nothing of this module can be proved.
    pub(super) fn compile_probe(&self) -> Result<(), String> {
        self.compiler.get_or_init(|| self.ask_compiler()).clone()
    }

    /// In at most three packages: one that is broken on disk may hide it. The compiler reads
    /// the whole package before it says a word, so the smallest are asked about.
    fn ask_compiler(&self) -> Result<(), String> {
        let mut files = self.inside();
        let size = |package: usize, test: bool| match self.sizes[package] {
            (plain, tests) if test => plain + tests,
            (plain, _) => plain,
        };
        files.sort_by_key(|(_, package, test)| (*test, size(*package, *test), *package));
        files.dedup_by_key(|(_, package, _)| *package);
        for (file, package, test) in files.into_iter().take(3) {
            let Ok(mut bytes) = companion::read(&file) else { continue };
            bytes.extend_from_slice(format!("\n\nvar _ = {PROBE}\n").as_bytes());
            let overlay_probe = RenderedFiles { bytes: [(file, bytes)].into(), ..RenderedFiles::default() };
            // Without the limit on errors lifted, the compiler shares what it made before.
            for all_errors in [false, true] {
                let mut flags = vec!["-e", "-export", listing::json_flag(self.context.go)];
                flags.extend(all_errors.then_some("-gcflags=-e"));
                flags.extend(test.then_some("-test"));
                let listed =
                    self.list(&flags, self.overlay(Some(&overlay_probe))?, &self.patterns(&[package]))?;
                let errors =
                    || listed.iter().flat_map(|package| package.error.iter().chain(&package.deps_errors));
                if errors().any(|error| error.err.contains(PROBE)) {
                    return Ok(());
                }
                if errors().next().is_none() {
                    return Err(
                        "go compiled a deliberately broken overlay without a word, so it ignores overlays here"
                            .into(),
                    );
                }
            }
        }
        // Broken packages only: that the files are seen has to be enough.
        Ok(())
    }

    /// The changed files that are built, each with its package and whether it is a test.
    fn inside(&self) -> Vec<(PathBuf, usize, bool)> {
        let inside = self.places().filter_map(|(file, place)| match place {
            FilePlace::In { package, test } => Some((file.clone(), *package, *test)),
            _ => None,
        });
        inside.collect()
    }
}
