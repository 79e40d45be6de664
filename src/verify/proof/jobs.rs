//! What a proof asks go about: each module in each configuration, several at a time.

use super::super::BuildConfig;
use super::super::Rung;
use super::super::module_context::ModuleContext;
use super::super::platform::{Asking, Platform};
use super::super::proof_cache::ProofQuestion;
use super::super::resolve::Refused;
use super::super::session::{ProofSession, RenderedFiles};
use super::super::unit::Unit;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One module in one configuration.
pub(super) struct ProofJob<'a> {
    pub(super) context: &'a ModuleContext,
    /// The changed files that are looked at.
    pub(super) files: Vec<PathBuf>,
    pub(super) config: Cow<'a, BuildConfig>,
    pub(super) cgo_off: bool,
}

impl<'a> ProofJob<'a> {
    /// What is asked of it when these fixes are held back.
    pub(super) fn question<'q>(
        &'q self,
        rung: Rung,
        held: &'q Refused,
        rendered: &'q RenderedFiles,
    ) -> ProofQuestion<'q> {
        ProofQuestion {
            context: self.context,
            config: &self.config,
            cgo_off: self.cgo_off,
            files: &self.files,
            rung,
            held,
            rendered,
        }
    }

    /// Its packages, as go lists them.
    ///
    /// # Errors
    /// A sentence that says why nothing of it can be proved.
    pub(super) fn load<'s>(&'s self, session: &'s ProofSession<'s>) -> Result<Unit<'s>, String> {
        Unit::load(session, self.context, &self.config, self.cgo_off, &self.files)
    }
}

/// The configurations that were asked for; then, without cgo, those of other systems
/// whose files none of these builds.
pub(super) fn jobs_of<'a>(
    (context, files): &'a (ModuleContext, Vec<PathBuf>),
    configs: &'a [BuildConfig],
) -> Vec<ProofJob<'a>> {
    let mut jobs: Vec<ProofJob<'a>> = configs
        .iter()
        .map(|config| ProofJob {
            context,
            files: files.clone(),
            config: Cow::Borrowed(config),
            cgo_off: false,
        })
        .collect();
    let host = Platform::of(&context.platform, true);
    let asked: Vec<(Platform, Vec<String>)> = configs
        .iter()
        .map(|config| {
            let goos = config.goos.clone().unwrap_or_else(|| host.goos.clone());
            let goarch = config.goarch.clone().unwrap_or_else(|| host.goarch.clone());
            let tags = context.flags.tags.iter().chain(&config.tags).cloned().collect();
            (Platform { goos, goarch, cgo: true }, tags)
        })
        .collect();
    let mut others: Vec<(Platform, Vec<PathBuf>)> = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "go")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let builds = |(platform, tags): &(Platform, Vec<String>)| {
            Asking::of(&name, &text, context.go, tags).builds(platform)
        };
        if asked.iter().any(builds) {
            continue;
        }
        let asking = Asking::of(&name, &text, context.go, &context.flags.tags);
        if let Some((_, files)) = others.iter_mut().find(|(platform, _)| asking.builds(platform)) {
            files.push(file.clone());
        } else if let Some(platform) = asking.elsewhere(&host, false) {
            others.push((platform, vec![file.clone()]));
        }
    }
    jobs.extend(others.into_iter().map(|(Platform { goos, goarch, .. }, files)| {
        let config = BuildConfig { goos: Some(goos), goarch: Some(goarch), tags: Vec::new() };
        ProofJob { context, files, config: Cow::Owned(config), cgo_off: true }
    }));
    jobs
}

/// Maps with several threads, in order. go itself uses every processor for one
/// module; what is gained here is its start, which is mostly waiting.
pub(super) fn side_by_side<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = (jobs / 2).clamp(1, 4).min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<usize, R>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, item)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).map(|item| (at, item))
                } {
                    let result = work(item);
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(at, result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).into_values().collect()
}
