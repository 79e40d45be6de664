//! A plan in the work tree that is here: which of its files are as they were planned.

use super::super::{ChangedText, ChangedTexts, RuleState};
use super::{PlanFile, PlannedFile, PlannedFix, PlannedStep, hash};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What a plan comes to in a work tree.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The steps, with absolute paths; the fixes are indices into those of the plan.
    pub states: Vec<RuleState>,
    /// The files as they are.
    pub before: BTreeMap<PathBuf, String>,
    /// The files of each fix that can be applied, with its index in the plan.
    pub fixes: Vec<(usize, Vec<PathBuf>)>,
    /// The files that cannot be changed as planned, and why.
    pub refused: BTreeMap<String, String>,
    /// How many fixes fall with them.
    pub fallen: usize,
}

impl Resolved {
    /// The files from before the first step to after the last.
    pub fn files(&self) -> ChangedTexts {
        let mut last: HashMap<&Path, &String> = HashMap::new();
        for state in &self.states {
            last.extend(state.files.iter().map(|(path, text)| (path.as_path(), text)));
        }
        let changed = self.before.iter().filter_map(|(path, before)| {
            let after = *last.get(path.as_path())?;
            (before != after)
                .then(|| (path.clone(), ChangedText { before: before.clone(), after: after.clone() }))
        });
        changed.collect()
    }
}

impl PlanFile {
    /// What the plan comes to below `root`, with `read` for the files and `guard` for what each
    /// step makes of one. A file whose bytes are not those that were planned for, or that the
    /// guard refuses, is left alone with all files that share a fix with it.
    pub fn resolve(
        &self,
        root: &Path,
        read: &dyn Fn(&Path) -> Result<String, String>,
        guard: &dyn Fn(&str, &str) -> Result<(), String>,
    ) -> Resolved {
        let mut resolved = Resolved::default();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let unaccounted = self.unaccounted();
        for file in &self.files {
            let text = match unaccounted.get(file.path.as_str()) {
                Some(reason) => Err((*reason).to_owned()),
                None => self.pinned(file, root, read, guard),
            };
            match text {
                Ok(text) => drop(texts.insert(&file.path, text)),
                Err(reason) => drop(resolved.refused.insert(file.path.clone(), reason)),
            }
        }
        self.drop_torn(&mut texts, &mut resolved.refused);
        let mut by_rule: HashMap<&str, BTreeMap<PathBuf, String>> = HashMap::new();
        for file in &self.files {
            let Some(text) = texts.get(file.path.as_str()) else { continue };
            for step in &file.steps {
                // That there are such edits was seen when the file was compared.
                let after = step.edits().map_or_else(|| text.clone(), |edits| edits.apply(text));
                by_rule.entry(&step.rule).or_default().insert(root.join(&file.path), after);
            }
        }
        let mut fixes_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, fix) in self.fixes.iter().enumerate() {
            fixes_of.entry(&fix.rule).or_default().push(index);
            let whole = fix.files.iter().all(|file| texts.contains_key(file.as_str()));
            if whole && !fix.files.is_empty() {
                resolved.fixes.push((index, fix.files.iter().map(|file| root.join(file)).collect()));
            } else {
                resolved.fallen += 1;
            }
        }
        for rule in &self.rules {
            if let Some(files) = by_rule.remove(rule.as_str()) {
                let fixes = fixes_of.remove(rule.as_str()).unwrap_or_default();
                resolved.states.push(RuleState { rule: rule.clone(), files, fixes, ..RuleState::default() });
            }
        }
        resolved.before = texts.into_iter().map(|(path, text)| (root.join(path), text)).collect();
        resolved
    }

    /// Drops the texts of the files that share a fix with a refused one, and of those
    /// that share one with them.
    fn drop_torn<'p>(
        &'p self,
        texts: &mut BTreeMap<&'p str, String>,
        refused: &mut BTreeMap<String, String>,
    ) {
        let mut fixes_of: HashMap<&str, Vec<&PlannedFix>> = HashMap::new();
        for fix in &self.fixes {
            for file in &fix.files {
                fixes_of.entry(file).or_default().push(fix);
            }
        }
        let mut gone: Vec<&str> = fixes_of.keys().copied().filter(|file| !texts.contains_key(file)).collect();
        gone.sort_unstable();
        while let Some(broken) = gone.pop() {
            for file in fixes_of.remove(broken).into_iter().flatten().flat_map(|fix| &fix.files) {
                if texts.remove(file.as_str()).is_some() {
                    refused.insert(file.clone(), format!("it shares a fix with {broken}"));
                    gone.push(file);
                }
            }
        }
    }

    /// The files for whose edits no fix of the plan stands, and those of which a fix says
    /// that it edits them and nothing does; with the reason to refuse them.
    fn unaccounted(&self) -> HashMap<&str, &'static str> {
        let rules: HashSet<&str> = self.rules.iter().map(String::as_str).collect();
        let fixed: HashSet<(&str, &str)> = self
            .fixes
            .iter()
            .flat_map(|fix| fix.files.iter().map(|file| (fix.rule.as_str(), file.as_str())))
            .collect();
        let files_fixed: HashSet<&str> = fixed.iter().map(|(_, file)| *file).collect();
        let rules_fixed: HashSet<&str> = self.fixes.iter().map(|fix| fix.rule.as_str()).collect();
        let mut seen = HashSet::new();
        let mut found = HashMap::new();
        for file in &self.files {
            let path = file.path.as_str();
            let edits = file.steps.iter().any(|step| !step.edits.is_empty());
            let of_a_fix = |step: &PlannedStep| {
                rules.contains(step.rule.as_str()) && rules_fixed.contains(step.rule.as_str())
            };
            let reason = match () {
                () if !seen.insert(path) => "the plan has it twice; the plan is damaged",
                () if edits && !files_fixed.contains(path) => {
                    "no fix of the plan stands for its edits; the plan is damaged"
                }
                () if !file.steps.iter().all(of_a_fix) => {
                    "a step of it belongs to no fix; the plan is damaged"
                }
                () if !edits && files_fixed.contains(path) => {
                    "the plan has a fix for it without an edit; the plan is damaged"
                }
                () => continue,
            };
            found.insert(path, reason);
        }
        found
    }

    fn pinned(
        &self,
        file: &PlannedFile,
        root: &Path,
        read: &dyn Fn(&Path) -> Result<String, String>,
        guard: &dyn Fn(&str, &str) -> Result<(), String>,
    ) -> Result<String, String> {
        // A plan comes from elsewhere: it may name nothing outside of the root.
        let inside =
            Path::new(&file.path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err("its path leads out of the root".to_owned());
        }
        let text = read(&root.join(&file.path))?;
        if hash(&text) != file.before {
            return Err("it has changed since the plan was made; plan again".to_owned());
        }
        for step in &file.steps {
            let edits = step.edits().filter(|edits| {
                edits.iter().all(|edit| {
                    text.is_char_boundary(edit.span.start) && text.is_char_boundary(edit.span.end)
                })
            });
            let after = edits.map(|edits| edits.apply(&text)).filter(|after| hash(after) == step.after);
            let after = after.ok_or("the edits do not give what was planned; the plan is damaged")?;
            guard(&text, &after)?;
        }
        Ok(text)
    }
}
