//! What several test files share: the catalogue run over files of a folder, as
//! the command line runs it.

#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]

pub mod growth;

use gomend::disk::Disk;
use gomend::engine::file_cache::FileSet;
use gomend::engine::matches::{Around, Match, Module, matches_in};
use gomend::engine::plan::{FixPlan, Planner, plan};
use gomend::engine::policy::{FilePolicy, RuleInfo, Rules};
use gomend::engine::prefilter::Prefilter;
use gomend::model::GoVersion;
use gomend::model::golangci::Golangci;
use gomend::model::module::{Modules, Timers, WorkMode, implied_version};
use gomend::rewrite::{Applicability, RuleEntry};
use gomend::syntax::File;
use gomend::transforms::CATALOGUE;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

static GOLANGCI: LazyLock<Golangci> = LazyLock::new(Golangci::default);
static MODULES: LazyLock<Modules> = LazyLock::new(|| Modules::new(WorkMode::Off, None));

pub struct Known {
    pub go: Option<GoVersion>,
}

impl Known {
    pub fn of(dir: &Path) -> Known {
        let mut at = Some(dir);
        while let Some(dir) = at {
            if let Ok(text) = std::fs::read_to_string(dir.join("go.mod")) {
                let go = text.lines().find_map(|line| line.strip_prefix("go ")).and_then(GoVersion::parse);
                return Known { go };
            }
            at = dir.parent();
        }
        Known { go: None }
    }
}

impl Module for Known {
    fn go(&self, file: &File) -> Option<GoVersion> {
        self.go.max(implied_version(file.text()))
    }
    fn timers(&self, file: &File) -> Timers {
        MODULES.timers_of(file.path())
    }
    fn collector_switched_off(&self, _: &File) -> Option<String> {
        None
    }
    fn out_of_reach(&self, file: &File) -> Option<String> {
        gomend::engine::discover::is_generated(file.text().as_bytes()).then(|| "generated".to_owned())
    }
    fn used_elsewhere(&self, file: &File, word: &str) -> Option<String> {
        let module = MODULES.module_of(file.path())?;
        let places = module.mentions(word);
        let places = places.as_ref().as_ref().expect("the goldens can be read");
        let beside = |path: &Path| path.parent() == file.path().parent();
        places.iter().find(|place| !beside(&place.path)).map(|place| place.path.display().to_string())
    }
    fn import_path(&self, file: &File) -> Option<String> {
        let module = MODULES.module_of(file.path())?;
        let below = file.path().parent()?.strip_prefix(&module.dir).ok()?;
        Some(format!("{}/{}", module.path()?, below.display()))
    }
    fn users(&self, file: &File, word: &str, all: bool) -> Result<Vec<PathBuf>, String> {
        let module = MODULES.module_of(file.path()).expect("a golden stands in a module");
        let import = format!("\"{}\"", self.import_path(file).unwrap_or_default());
        let places = module.mentions(word);
        let places = places.as_ref().as_ref().expect("the goldens can be read");
        let imports = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&import));
        let counts = |path: &Path| all || path.parent() == file.path().parent() || imports(path);
        Ok(places.iter().map(|place| place.path.clone()).filter(|path| counts(path)).collect())
    }
    fn path_below(&self, file: &File) -> Option<String> {
        let module = MODULES.module_of(file.path())?;
        Some(file.path().strip_prefix(&module.dir).ok()?.display().to_string())
    }
    fn godebug(&self, file: &File, key: &str, value: &str, since: GoVersion) -> Option<String> {
        MODULES.module_of(file.path())?.setting(key, value, since)
    }
    fn option(&self, file: &File, rule: &str, key: &str) -> Option<String> {
        let text = std::fs::read_to_string(file.path().parent()?.join("gomend.toml")).ok()?;
        let values: toml::Table = text.parse().expect("the gomend.toml of a golden is valid");
        values.get("rules")?.get(rule)?.get(key)?.as_str().map(str::to_owned)
    }
    fn forbidden(&self, file: &File, symbol: &str) -> Option<String> {
        GOLANGCI.forbids(symbol, file.path(), &Disk::default())
    }
    fn directory_of(&self, file: &File, import: &str) -> Option<PathBuf> {
        let module = MODULES.module_of(file.path())?;
        MODULES.directory_of(import, &module)
    }
    fn path(&self, _: &File) -> Option<Arc<str>> {
        None
    }
}

/// The entries called `rule` in snake_case, or all for a name that starts with
/// an underscore.
pub fn entries(rule: &str) -> Vec<RuleEntry> {
    let id = rule.replace('_', "-");
    CATALOGUE.iter().filter(|entry| rule.starts_with('_') || entry.meta.id == id).cloned().collect()
}

/// The sites of one file.
pub fn seen(file: &Arc<File>, entries: &[RuleEntry]) -> Vec<Match> {
    let file_set = FileSet::default();
    let module = Known::of(file.path().parent().unwrap());
    let around = Around::new(file, &file_set, &module);
    matches_in(&around, entries, &Prefilter::new(entries), &|_| true).matches
}

/// The plan for files of one directory, with all fixes of `level` or better.
pub fn planned(files: Vec<Arc<File>>, entries: &[RuleEntry], level: Applicability) -> FixPlan {
    let module = Known::of(files[0].path().parent().unwrap());
    let planner = Planner {
        entries,
        prefilter: &Prefilter::new(entries),
        module: &module,
        enabled: &|_| vec![true; entries.len()],
        accept: &|_, seen, _, _| (seen.rule_match.verdict.level() >= level).into(),
        beside: true,
        directories: &std::collections::BTreeSet::new(),
    };
    plan(files, &planner)
}

pub fn file(path: &Path) -> Arc<File> {
    Arc::new(File::new(
        path,
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    ))
}

/// Every rule, for suppressions that name one.
pub static RULES_OF_ALL: LazyLock<Rules> = LazyLock::new(|| {
    Rules::new(CATALOGUE.iter().map(|entry| RuleInfo {
        id: entry.meta.id,
        group: entry.meta.group.word(),
        opt_in: entry.meta.opt_in,
        options: entry.meta.options,
        no_gain: entry.meta.no_gain,
        foreign: entry.meta.foreign,
    }))
});

/// A policy under which every rule runs.
pub fn everything() -> FilePolicy {
    FilePolicy { rules: CATALOGUE.iter().map(|entry| entry.meta.id).collect(), ..FilePolicy::default() }
}
