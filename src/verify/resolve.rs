//! Brings a module to rest: checks it, searches the fixes at fault, checks what
//! is left, until the toolchain has nothing new to say.

use super::bisect::{Bisect, Trouble, play};
use super::check::News;
use super::check_outcome::CheckOutcome;
use super::check_outcome::TestFiles;
use super::session::{ProofSession, RenderedFiles};
use super::unit::{FilePlace, Unit};
use super::{ProofProgress, Rung};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Refused fixes, each with the toolchain's words.
pub(super) type Refused = BTreeMap<usize, String>;

/// What the last check leaves of a changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FixStatus {
    Proved,
    /// Vetted; its package has no tests to run.
    Untested,
    /// Vetted; its tests cannot run here, for this reason.
    Vetted(String),
    Unproved(String),
    /// Not built in this configuration.
    Out(String),
}

/// A module at rest.
#[derive(Debug, Default)]
pub(super) struct Resolution {
    /// All refused fixes, those that were refused before included.
    pub(super) refused: Refused,
    pub(super) statuses: BTreeMap<PathBuf, FixStatus>,
    /// Why go gave no answer, if it did not.
    pub(super) silent: Option<String>,
}

/// The words for a fix that fell with another.
pub(super) const LOST: &str = "it stands on a fix that was refused";

impl Unit<'_> {
    /// Refuses fixes until what is left is as good as the code on disk. Tests
    /// run over what has been vetted, not to tell what the compiler tells
    /// sooner.
    pub(super) fn resolve(&self, refused: Refused, rung: Rung) -> Resolution {
        let mut vetted = self.fixpoint(refused, rung.min(Rung::Vet));
        if rung < Rung::Test || vetted.silent.is_some() {
            return vetted;
        }
        match self.foreign() {
            None => self.fixpoint(vetted.refused, rung),
            Some(why) => {
                for status in vetted.statuses.values_mut().filter(|one| **one == FixStatus::Proved) {
                    *status = FixStatus::Vetted(why.clone());
                }
                vetted
            }
        }
    }

    fn fixpoint(&self, mut refused: Refused, rung: Rung) -> Resolution {
        // Each turn refuses somebody, or is the last.
        loop {
            let held: BTreeSet<usize> = refused.keys().copied().collect();
            let checked = self.session.render(&held).and_then(|files| {
                let busy = files.bytes.keys().any(|file| self.concerns(file));
                let outcomes =
                    if busy { self.check(&self.all(), Some(&files), rung)? } else { BTreeMap::new() };
                let news = self.news(&outcomes, rung)?;
                Ok((files, outcomes, news))
            });
            let (files, outcomes, news) = match checked {
                Ok(checked) => checked,
                Err(why) => return self.silent(refused, why),
            };
            refused
                .extend(files.lost.iter().filter(|id| !held.contains(id)).map(|&id| (id, LOST.to_owned())));
            if news.is_empty() {
                return Resolution { refused, statuses: self.statuses(&outcomes, rung), silent: None };
            }
            let module = self.context.root.clone();
            (self.session.progress)(ProofProgress::Searching { module, packages: news.len() });
            let before = refused.len();
            self.search(&news, &files, &mut refused, rung);
            if refused.len() == before {
                // The answers contradict each other: nothing that could be at
                // fault is let through.
                let words = news.values().next().map(|one| one.words.clone()).unwrap_or_default();
                let held = refused.keys().copied().collect();
                let all = self.session.editors(self.session.edited(), &held);
                refused.extend(all.into_iter().map(|id| (id, words.clone())));
                if refused.len() == before {
                    return self.silent(refused, format!("it fails with no fix applied: {words}"));
                }
            }
        }
    }

    /// Whether a changed file can make a difference to this module.
    pub(super) fn concerns(&self, file: &Path) -> bool {
        self.places_file(file)
            || file.parent().is_some_and(|dir| self.reach.contains(dir))
            || file.parent() == Some(&self.context.root)
    }

    fn silent(&self, refused: Refused, why: String) -> Resolution {
        let status = |place: &FilePlace| match place {
            FilePlace::In { .. } => FixStatus::Unproved(why.clone()),
            FilePlace::Out(why) => FixStatus::Out(why.clone()),
            FilePlace::Stuck(why) => FixStatus::Unproved(why.clone()),
        };
        let statuses = self.places().map(|(file, place)| (file.clone(), status(place))).collect();
        Resolution { refused, statuses, silent: Some(why) }
    }

    fn statuses(&self, outcomes: &BTreeMap<usize, CheckOutcome>, rung: Rung) -> BTreeMap<PathBuf, FixStatus> {
        let status = |place: &FilePlace| match place {
            FilePlace::Out(why) => FixStatus::Out(why.clone()),
            FilePlace::Stuck(why) => FixStatus::Unproved(why.clone()),
            FilePlace::In { package, test } => match outcomes.get(package) {
                None => FixStatus::Unproved("go did not answer for its package".into()),
                Some(outcome) => match outcome.why_unproved(rung, *test) {
                    Some(why) => FixStatus::Unproved(why),
                    None if rung == Rung::Test && outcome.tests == TestFiles::Missing => FixStatus::Untested,
                    None => FixStatus::Proved,
                },
            },
        };
        self.places().map(|(file, place)| (file.clone(), status(place))).collect()
    }

    /// Finds fixes at fault for these news and refuses them.
    fn search(&self, news: &BTreeMap<usize, News>, files: &RenderedFiles, refused: &mut Refused, rung: Rung) {
        let held: BTreeSet<usize> = refused.keys().copied().collect();
        let clusters = self.clusters(news, &held);
        let mut bisects: Vec<Bisect> =
            clusters.iter().map(|cluster| self.bisect(cluster, news, files, &held)).collect();
        let ask = |asking: &[usize], held: &BTreeSet<usize>| {
            let packages: Vec<usize> =
                asking.iter().flat_map(|&at| &clusters[at].packages).copied().collect();
            let files = self.session.render(held)?;
            let outcomes = self.check(&packages, Some(&files), rung)?;
            let news = self.news(&outcomes, rung)?;
            let trouble = |at: &usize| self.trouble(&clusters[*at], &news, &files, held);
            Ok(asking.iter().map(trouble).collect())
        };
        // An error has ended every bisect; the next check will meet it again.
        let _ = play(&mut bisects, &held, ask);
        for (id, words) in bisects.into_iter().flat_map(|bisect| bisect.at_fault) {
            refused.entry(id).or_insert(words);
        }
    }

    /// Packages that share a suspect are searched as one.
    fn clusters(&self, news: &BTreeMap<usize, News>, held: &BTreeSet<usize>) -> Vec<Cluster> {
        let mut clusters: Vec<Cluster> = Vec::new();
        for &package in news.keys() {
            let near =
                |place: &FilePlace| matches!(place, FilePlace::In { package: own, .. } if *own == package);
            let files = self.places().filter(|(_, place)| near(place)).map(|(file, _)| file.as_path());
            let files = files.chain(news[&package].files());
            let mut joined = Cluster {
                packages: vec![package],
                near: self.session.editors(files, held).into_iter().collect(),
            };
            let shares = |other: &Cluster| {
                // Importers without a fix of their own have the same few
                // culprits below them.
                (other.near.is_empty() && joined.near.is_empty()) || !other.near.is_disjoint(&joined.near)
            };
            let (same, others): (Vec<Cluster>, Vec<Cluster>) = clusters.into_iter().partition(shares);
            for other in same {
                joined.packages.extend(other.packages);
                joined.near.extend(other.near);
            }
            clusters = others;
            clusters.push(joined);
        }
        clusters
    }

    /// What there is to say of a cluster.
    fn trouble(
        &self,
        cluster: &Cluster,
        news: &BTreeMap<usize, News>,
        files: &RenderedFiles,
        held: &BTreeSet<usize>,
    ) -> Option<Trouble> {
        let own = || cluster.packages.iter().filter_map(|package| news.get(package));
        let words = own().next()?.words.clone();
        Some(self.session.pointed_at(words, own().flat_map(|news| &news.places), files, held))
    }

    fn bisect(
        &self,
        cluster: &Cluster,
        news: &BTreeMap<usize, News>,
        files: &RenderedFiles,
        held: &BTreeSet<usize>,
    ) -> Bisect {
        let session: &ProofSession<'_> = self.session;
        let blamed = cluster.packages.iter().flat_map(|package| news[package].files());
        let reach = session.edited().filter(|file| self.concerns(file));
        let rings: [BTreeSet<usize>; 4] = [
            session.editors(blamed, held).into_iter().collect(),
            cluster.near.clone(),
            session.editors(reach, held).into_iter().collect(),
            session.editors(session.edited(), held).into_iter().collect(),
        ];
        let mut suspects: Vec<Vec<usize>> = Vec::new();
        let mut so_far = BTreeSet::new();
        for ring in rings {
            so_far.extend(ring);
            suspects.push(so_far.iter().copied().collect());
        }
        let trouble = self.trouble(cluster, news, files, held).unwrap_or_default();
        Bisect::new(suspects, 2, trouble).with_units(|id| session.candidate.unit(id))
    }
}

/// Packages that are searched together, and the fixes nearest to them.
struct Cluster {
    packages: Vec<usize>,
    near: BTreeSet<usize>,
}
