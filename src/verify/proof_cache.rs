//! Verdicts of earlier runs: taken again where everything that they depend on
//! is as it was, and put down for later runs where they can only change with it.

use super::BuildConfig;
use super::Rung;
use super::inputs::{InputSnapshot, Inputs};
use super::module_context::ModuleContext;
use super::paths::identity;
use super::reasons::MISSING;
use super::resolve::{FixStatus, Refused, Resolution};
use super::session::{ProofSession, RenderedFiles};
use crate::disk::companion;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is asked of one module in one configuration.
#[derive(Clone, Copy)]
pub(super) struct ProofQuestion<'q> {
    pub(super) context: &'q ModuleContext,
    pub(super) config: &'q BuildConfig,
    pub(super) cgo_off: bool,
    /// The changed files of the module.
    pub(super) files: &'q [PathBuf],
    pub(super) rung: Rung,
    /// What was refused before.
    pub(super) held: &'q Refused,
    /// The files without those fixes.
    pub(super) rendered: &'q RenderedFiles,
}

/// An answer, with the fixes by name.
#[derive(Serialize, Deserialize)]
struct ProofEntry {
    inputs: Inputs,
    refused: BTreeMap<String, String>,
    statuses: BTreeMap<PathBuf, FixStatus>,
}

impl ProofSession<'_> {
    /// Whether an earlier run has answered, be it that the answer holds or not.
    pub(super) fn remembers(&self, question: ProofQuestion<'_>) -> bool {
        let found = || self.cache.as_ref()?.get::<ProofEntry>(&self.key(question)?);
        found().is_some()
    }

    /// The answer of an earlier run, if it still holds.
    pub(super) fn cached_verdict(
        &self,
        question: ProofQuestion<'_>,
        snapshot: &InputSnapshot,
    ) -> Option<Resolution> {
        let entry: ProofEntry = self.cache.as_ref()?.get(&self.key(question)?)?;
        let now = snapshot.again(&entry.inputs, question.context, question.rendered)?;
        if now != entry.inputs {
            return None;
        }
        let mut refused = question.held.clone();
        for (name, words) in entry.refused {
            refused.insert(*self.ids.get(&name)?, words);
        }
        Some(Resolution { refused, statuses: entry.statuses, silent: None })
    }

    /// Puts an answer down. `inputs` are those from before go was asked.
    pub(super) fn remember(
        &self,
        question: ProofQuestion<'_>,
        inputs: &Inputs,
        cgo: bool,
        resolution: &Resolution,
    ) {
        let (Some(cache), Some(key)) = (&self.cache, self.key(question)) else { return };
        let fresh: Refused = resolution
            .refused
            .iter()
            .filter(|(id, _)| !question.held.contains_key(id))
            .map(|(&id, words)| (id, words.clone()))
            .collect();
        let sure = resolution.silent.is_none()
            && fresh.values().all(|words| !cgo && !elsewhere(words))
            && resolution.statuses.values().all(|status| match status {
                FixStatus::Proved | FixStatus::Out(_) => true,
                FixStatus::Unproved(why) => !cgo && lasting(why),
                FixStatus::Untested | FixStatus::Vetted(_) => false,
            });
        let snapshot = InputSnapshot::since(self.began);
        let now = || snapshot.again(inputs, question.context, question.rendered);
        if !sure || now().as_ref() != Some(inputs) {
            return;
        }
        let named = fresh.into_iter().map(|(id, words)| Some((self.names.get(&id)?.clone(), words)));
        let Some(refused) = named.collect() else { return };
        cache.put(
            &key,
            &ProofEntry { inputs: inputs.clone(), refused, statuses: resolution.statuses.clone() },
        );
    }

    /// What gofmt refused when it read the same files.
    pub(super) fn cached_tidy(&self, key: &blake3::Hash) -> Option<Refused> {
        let entry: BTreeMap<String, String> = self.cache.as_ref()?.get(key)?;
        entry.into_iter().map(|(name, words)| Some((*self.ids.get(&name)?, words))).collect()
    }

    /// Puts down what gofmt refused.
    pub(super) fn remember_tidy(&self, key: &blake3::Hash, refused: &Refused) {
        let named = refused.iter().map(|(id, words)| Some((self.names.get(id)?.clone(), words.clone())));
        if let (Some(cache), Some(entry)) = (&self.cache, named.collect::<Option<BTreeMap<_, _>>>()) {
            cache.put(key, &entry);
        }
    }

    /// The key of what this gofmt says of all the files, before and after.
    pub(super) fn tidy_key(&self, gofmt: &Path) -> Option<blake3::Hash> {
        self.cache.as_ref()?;
        let files = self.render(&std::collections::BTreeSet::new()).ok()?;
        let mut hasher = self.begin("gofmt", &identity(gofmt)?)?;
        for (path, after) in &files.bytes {
            let before = companion::read(path).ok()?;
            hasher.update(path.as_os_str().as_encoded_bytes()).update(b"\0");
            hasher.update(blake3::hash(&before).as_bytes()).update(blake3::hash(after).as_bytes());
        }
        for name in self.names.values() {
            hasher.update(name.as_bytes()).update(b"\0");
        }
        Some(hasher.finalize())
    }

    /// The key of what go says of a go.work.
    pub(super) fn work_key(&self, surroundings: &str, work: &Path) -> Option<blake3::Hash> {
        self.cache.as_ref()?;
        let mut hasher = self.begin("work", surroundings)?;
        hasher.update(work.as_os_str().as_encoded_bytes()).update(b"\0");
        Some(hasher.update(&companion::read(work).ok()?).finalize())
    }

    fn key(&self, question: ProofQuestion<'_>) -> Option<blake3::Hash> {
        let ProofQuestion { context, config, cgo_off, files, rung, held, rendered } = question;
        // go has a cache of its own for tests, which knows what a test opens.
        let go = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "go");
        if self.cache.is_none() || rung >= Rung::Test || !rendered.bytes.keys().all(go) {
            return None;
        }
        let mut hasher = self.begin("module", context.surroundings.as_ref()?)?;
        let about = format!(
            "{rung} {config:?} {cgo_off} {:?} {:?} {:?} {} {files:?}\0",
            context.root, context.dir, context.neighbours, context.workspace_off
        );
        hasher.update(about.as_bytes());
        for id in self.editors(files.iter().map(PathBuf::as_path), &std::collections::BTreeSet::new()) {
            hasher.update(self.names.get(&id)?.as_bytes());
            hasher.update(if held.contains_key(&id) { b"\0-" } else { b"\0+" });
        }
        Some(hasher.finalize())
    }

    /// A key with what every answer depends on.
    fn begin(&self, kind: &str, surroundings: &str) -> Option<blake3::Hasher> {
        let cache = self.options.cache.as_ref()?;
        let mut hasher = blake3::Hasher::new();
        // Sentences name files from the working directory on.
        let here = std::env::current_dir().ok()?;
        for part in [kind.as_bytes(), cache.maker.as_bytes(), here.as_os_str().as_encoded_bytes()] {
            hasher.update(part).update(b"\0");
        }
        hasher.update(surroundings.as_bytes()).update(b"\0");
        Some(hasher)
    }
}

/// Whether words of go hang on what is not in the module: a directory that
/// appears later, say.
fn elsewhere(words: &str) -> bool {
    words.contains("no Go files") || MISSING.iter().any(|mark| words.contains(mark))
}

/// Whether the reason of an unproved fix goes only when one of the inputs does.
fn lasting(why: &str) -> bool {
    let broken = ["package already broken: ", "a dependency does not build: "];
    if why.starts_with("newer Go needed: ") {
        return true;
    }
    broken.iter().any(|start| why.starts_with(start)) && why.contains(".go:") && !elsewhere(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_inputs_decide_is_remembered() {
        for (why, is) in [
            ("package already broken: a.go:3:5: undefined: x", true),
            ("package already broken: a.go:3:5: package ex.com/m/b is not in std", false),
            ("package already broken: pkg-config: not found", false),
            ("dependency missing: modules are not downloaded: run `go mod download` in m", false),
            ("dependency missing: a.go:3:5: cannot find module providing package ex.com/m/b", false),
            ("verification ran out of time after 4 s; raise --verify-timeout", false),
            ("verification was interrupted", false),
            ("cgo without a C compiler: x", false),
            ("go did not answer for its package", false),
            ("newer Go needed: go.mod requires go >= 1.99", true),
        ] {
            assert_eq!(lasting(why), is, "{why}");
        }
    }
}
