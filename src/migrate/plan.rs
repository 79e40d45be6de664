//! The plan file: fixes that were chosen and proved, to be applied later, elsewhere.
//!
//! Every file is pinned to the hash of its bytes, before and after. The edits of each
//! step are over the bytes before the first, so a step can be taken by itself
//! with all before it.

use super::{ChangedText, ChangedTexts};
use crate::report::json::Part;
use crate::report::merge::missing;
use crate::rewrite::{Applicability, Proof};
use crate::text::{Edit, Edits, Span};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The number that changes when a key goes or changes its meaning.
const VERSION: u32 = 1;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// The version of this format; the key tells a plan from other JSON.
    pub plan: u32,
    /// The version of gomend that made it.
    pub gomend: String,
    /// How far it was proved: `gofmt, build and vet`.
    pub proved_by: Option<String>,
    /// Which part of a run it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Part>,
    /// All rules in the order in which their steps follow each other.
    pub rules: Vec<String>,
    /// The hashes of what those of its rules were read from that are no part of gomend.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rule_hashes: BTreeMap<String, String>,
    /// The files, by path.
    pub files: Vec<PlannedFile>,
    /// The fixes, by path and place.
    pub fixes: Vec<PlannedFix>,
}

/// One file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// From the root on, always with `/`.
    pub path: String,
    /// BLAKE3 of the bytes that the edits are over, in hexadecimal.
    pub before: String,
    /// What each rule makes of it, together with the rules before.
    pub steps: Vec<PlannedStep>,
}

/// A file after the fixes of a rule and of those before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// The rule's id.
    pub rule: String,
    /// BLAKE3 of the result.
    pub after: String,
    /// Sorted and disjoint.
    pub edits: Vec<PlannedEdit>,
}

/// One edit over the bytes before the first step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedEdit {
    /// First byte that goes, from 0.
    pub start_byte: usize,
    /// Just past the last byte that goes.
    pub end_byte: usize,
    /// What comes.
    pub text: String,
}

/// One fix of a plan, for reports and for splitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFix {
    /// The rule's id.
    pub rule: String,
    /// What it promises.
    pub level: Applicability,
    /// The file of its site.
    pub path: String,
    /// The line of its site, from 1.
    pub line: usize,
    /// The files that it edits.
    pub files: Vec<String>,
    /// What verification made of it.
    pub proof: Proof,
    /// Why it is unproved.
    pub proof_reason: Option<String>,
}

/// Why a plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is no plan, or not all of it.
    #[error("{}: not a whole plan of gomend ({cause}); write it with `gomend fix --plan-out`", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
    /// Another version.
    #[error("{}: a plan of version {version}, this gomend reads version {VERSION}; use the gomend that wrote it", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// It is one of several parts.
    #[error("{}: part {index} of {of}; join the parts with `gomend merge` first", path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// Which part.
        index: u64,
        /// How many there are.
        of: u64,
    },
}

/// Whether two plans come of a rule that was read from different texts.
fn disagree(one: &PlanFile, other: &PlanFile) -> bool {
    let differs = |(id, hash): (&String, &String)| other.rule_hashes.get(id).is_some_and(|own| own != hash);
    one.rule_hashes.iter().any(differs)
}

/// The hash that pins a text.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// What a plan comes to in a work tree.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The steps: rule, the files that it changes as they are after it, and its fixes.
    /// Absolute paths.
    pub states: Vec<(String, BTreeMap<PathBuf, String>, Vec<usize>)>,
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
        for (_, files, _) in &self.states {
            last.extend(files.iter().map(|(path, text)| (path.as_path(), text)));
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
    /// A plan without files and fixes yet.
    pub fn new(rules: Vec<String>, proved_by: Option<String>, shard: Option<Part>) -> PlanFile {
        let gomend = env!("CARGO_PKG_VERSION").to_owned();
        PlanFile {
            plan: VERSION,
            gomend,
            proved_by,
            shard,
            rules,
            rule_hashes: BTreeMap::new(),
            files: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn parse(path: &Path, text: &str) -> Result<PlanFile, PlanError> {
        #[derive(Deserialize)]
        struct Version {
            plan: u32,
        }
        let malformed = |cause| PlanError::Malformed { path: path.to_owned(), cause };
        let version: Version = serde_json::from_str(text).map_err(malformed)?;
        if version.plan != VERSION {
            return Err(PlanError::Version { path: path.to_owned(), version: version.plan });
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// Puts files and fixes in the order of paths and places.
    pub fn sort(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.fixes.sort_by(|a, b| (&a.path, a.line, &a.rule).cmp(&(&b.path, b.line, &b.rule)));
    }

    /// Refuses one of several parts.
    ///
    /// # Errors
    /// [`PlanError::Part`].
    pub fn whole(self, path: &Path) -> Result<PlanFile, PlanError> {
        match &self.shard {
            Some(Part { index, of, .. }) => {
                Err(PlanError::Part { path: path.to_owned(), index: *index, of: *of })
            }
            None => Ok(self),
        }
    }

    /// The text of the file: one line for each file and fix.
    pub fn text(&self) -> String {
        let lines = |values: Vec<String>| {
            if values.is_empty() { "[]".to_owned() } else { format!("[\n{}\n]", values.join(",\n")) }
        };
        let mut head = vec![format!("\"plan\":{}", self.plan), format!("\"gomend\":{}", json(&self.gomend))];
        head.push(format!("\"proved_by\":{}", json(&self.proved_by)));
        head.extend(self.shard.as_ref().map(|shard| format!("\"shard\":{}", json(shard))));
        head.push(format!("\"rules\":{}", json(&self.rules)));
        if !self.rule_hashes.is_empty() {
            head.push(format!("\"rule_hashes\":{}", json(&self.rule_hashes)));
        }
        head.push(format!("\"files\":{}", lines(self.files.iter().map(json).collect())));
        head.push(format!("\"fixes\":{}", lines(self.fixes.iter().map(json).collect())));
        format!("{{{}}}\n", head.join(",\n"))
    }

    /// What the plan comes to below `root`, with `read` for the files. A file whose
    /// bytes are not those that were planned for is left alone with all files that
    /// share a fix with it.
    pub fn resolve(&self, root: &Path, read: &dyn Fn(&Path) -> Result<String, String>) -> Resolved {
        let mut resolved = Resolved::default();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let unaccounted = self.unaccounted();
        for file in &self.files {
            let text = match unaccounted.get(file.path.as_str()) {
                Some(reason) => Err((*reason).to_owned()),
                None => self.pinned(file, root, read),
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
            if let Some(state) = by_rule.remove(rule.as_str()) {
                let fixes = fixes_of.remove(rule.as_str()).unwrap_or_default();
                resolved.states.push((rule.clone(), state, fixes));
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
            if edits.is_none_or(|edits| hash(&edits.apply(&text)) != step.after) {
                return Err("the edits do not give what was planned; the plan is damaged".to_owned());
            }
        }
        Ok(text)
    }
}

impl PlannedStep {
    /// A step to `after` by `edits`.
    pub fn new(rule: &str, after: &str, edits: &Edits) -> PlannedStep {
        let edits = edits.iter().map(|edit| PlannedEdit {
            start_byte: edit.span.start,
            end_byte: edit.span.end,
            text: edit.text.clone(),
        });
        PlannedStep { rule: rule.to_owned(), after: hash(after), edits: edits.collect() }
    }

    fn edits(&self) -> Option<Edits> {
        let mut edits = Edits::new();
        for edit in &self.edits {
            if edit.start_byte > edit.end_byte {
                return None;
            }
            let span = Span::new(edit.start_byte, edit.end_byte);
            edits.push(Edit { span, text: edit.text.clone() }).ok()?;
        }
        Some(edits)
    }
}

/// The plan of all parts of a run.
///
/// # Errors
/// A sentence: a part that is missing, comes twice or is of another run.
pub fn join(parts: Vec<(String, PlanFile)>) -> Result<PlanFile, String> {
    let mut seen: BTreeMap<u64, String> = BTreeMap::new();
    let mut joined: Option<(String, PlanFile)> = None;
    let mut of = 0;
    // A part without a fix had nothing to prove.
    let proofs = parts.iter().filter(|(_, plan)| !plan.fixes.is_empty());
    // Each rung is named with those below it, so the shortest words promise least.
    let proved_by = proofs
        .map(|(_, plan)| plan.proved_by.clone())
        .min_by_key(|words| words.as_ref().map_or(0, String::len))
        .flatten();
    for (name, mut plan) in parts {
        let Some(part) = plan.shard.take() else {
            return Err(format!(
                "{name}: not a part of a run; write the parts with `fix --shard K/N --plan-out`"
            ));
        };
        if part.index == 0 || part.index > part.of {
            return Err(format!(
                "{name}: part {} of {}, which cannot be; plan that part again",
                part.index, part.of
            ));
        }
        if let Some(first) = seen.insert(part.index, name.clone()) {
            return Err(format!(
                "{name}: part {} again, it is in {first} already; leave one of them out",
                part.index
            ));
        }
        let Some((first, whole)) = &mut joined else {
            of = part.of;
            // Kept to compare the others with.
            plan.shard = Some(part);
            joined = Some((name, plan));
            continue;
        };
        let alike = whole.shard.as_ref().is_some_and(|theirs| {
            theirs.of == part.of
                && theirs.configuration == part.configuration
                && theirs.revision == part.revision
        });
        if !alike || whole.gomend != plan.gomend || whole.rules != plan.rules || disagree(whole, &plan) {
            return Err(format!("{name}: of another run than {first}; plan all parts alike"));
        }
        whole.rule_hashes.append(&mut plan.rule_hashes);
        whole.files.append(&mut plan.files);
        whole.fixes.append(&mut plan.fixes);
    }
    if let Some(missing) = missing(of, &seen.keys().copied().collect()) {
        return Err(format!("missing of {of} parts: {missing}; plan them and name their files too"));
    }
    let (_, mut whole) = joined.ok_or("no plan was named")?;
    whole.shard = None;
    whole.proved_by = proved_by;
    whole.sort();
    let twice: BTreeSet<&str> = whole
        .files
        .windows(2)
        .filter(|two| two[0].path == two[1].path)
        .map(|two| two[0].path.as_str())
        .collect();
    match twice.first() {
        Some(path) => Err(format!("{path}: planned in two parts; plan all parts alike")),
        None => Ok(whole),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings and numbers are always JSON")
}
