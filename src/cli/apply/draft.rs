//! The fixes of other tools as a person decides on them: each with what its tool says, what the
//! proof says, and what it does beside those that were accepted so far.

use super::finding::finding;
use crate::engine::matches;
use crate::engine::plan::{Amendment, FixKey, SitePlace};
use crate::engine::suppress;
use crate::migrate::given::{FixedFiles, GivenFix, GivenFixes, Guard, compatible, leaders, named_by};
use crate::review::{Draft, ReviewAnswer, ReviewAnswers, ReviewItem, ReviewedFixes, ShownFix, View};
use crate::rewrite::{FileFix, Proof, intern};
use crate::syntax::File;
use crate::text::{Edits, Position, Span, diff};
use crate::verify::Verdicts;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Fixes by their numbers, and why others of the same choice are not among them.
pub type PickedFixes = (Vec<(usize, GivenFix)>, Vec<(usize, String)>);

/// What a draft is made of.
pub struct DraftParts<'a> {
    /// The fixes.
    pub fixes: &'a [GivenFix],
    /// The files that they edit.
    pub files: &'a BTreeMap<PathBuf, Arc<File>>,
    /// What was answered.
    pub answers: &'a Mutex<ReviewAnswers>,
    /// What the proof says of all of them together.
    pub verdicts: &'a Verdicts,
    /// How the input is called.
    pub input: &'a str,
    /// The working directory.
    pub cwd: &'a Path,
    /// Proves some of them without the others.
    pub prove: &'a dyn Fn(&GivenFixes) -> Option<Verdicts>,
    /// Refuses texts whose directives change.
    pub guard: Guard,
}

/// See the module's sentence.
pub struct GivenDraft<'a> {
    parts: DraftParts<'a>,
    keys: Vec<FixKey>,
    ids: HashMap<FixKey, usize>,
    leads: Vec<Option<FixKey>>,
}

impl<'a> GivenDraft<'a> {
    /// A draft of these fixes.
    pub fn new(parts: DraftParts<'a>) -> GivenDraft<'a> {
        let DraftParts { fixes, files, .. } = parts;
        let mut keys: Vec<FixKey> = Vec::new();
        let mut ids = HashMap::new();
        for (id, fix) in fixes.iter().enumerate() {
            let mut offset = fix.offset;
            let key = loop {
                let place = SitePlace::Disk(offset);
                let key = FixKey { path: fix.path.clone(), place, rule: intern(&fix.rule) };
                // Two may be about one place.
                if !ids.contains_key(&key) {
                    break key;
                }
                offset += 1;
            };
            ids.insert(key.clone(), id);
            keys.push(key);
        }
        let leaders = leaders(fixes, files);
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        leaders.iter().for_each(|lead| *sizes.entry(*lead).or_default() += 1);
        let leads = leaders.iter().map(|lead| (sizes[lead] > 1).then(|| keys[*lead].clone())).collect();
        GivenDraft { parts, keys, ids, leads }
    }

    /// The keys of all fixes, in their order.
    pub fn keys(&self) -> &[FixKey] {
        &self.keys
    }

    /// The fix `id` as `answer` wants it; `None` where it is not wanted.
    ///
    /// # Errors
    /// A sentence, when that cannot be had.
    fn chosen(&self, id: usize, answer: Option<&ReviewAnswer>) -> Result<Option<GivenFix>, String> {
        let fix = &self.parts.fixes[id];
        Ok(match answer {
            None | Some(ReviewAnswer::No) => None,
            Some(ReviewAnswer::Yes) => Some(fix.clone()),
            Some(ReviewAnswer::Variant(number)) => {
                Some(fix.varied(*number).ok_or("the tool no longer gives this way to fix it")?)
            }
            Some(ReviewAnswer::Ignore(reason)) => {
                let file = self.parts.files.get(&fix.path).ok_or("its file is gone")?;
                let around = matches::around(file, Span::at(self.inside(fix, file)));
                let edit = suppress::comment_above(&around, &fix.rule, reason, file)
                    .ok_or("there is no line here that a comment could stand above")?;
                let one = FileFix { edits: vec![edit].into(), ..FileFix::default() };
                Some(GivenFix { files: FixedFiles::one(fix.path.as_path(), one), ..fix.clone() })
            }
            Some(ReviewAnswer::Edited(amendment)) => Some(self.amended(fix, amendment)?),
        })
    }

    /// The site's first letter: a hunk begins with the blanks of its line.
    fn inside(&self, fix: &GivenFix, file: &File) -> usize {
        let rest = file.text().get(fix.offset..).unwrap_or_default();
        fix.offset + (rest.len() - rest.trim_start_matches(['\t', ' ']).len())
    }

    /// The person's own version of a fix.
    fn amended(&self, fix: &GivenFix, amendment: &Amendment) -> Result<GivenFix, String> {
        let mut files = FixedFiles::default();
        let wanted: BTreeSet<_> = fix.files.iter().flat_map(|(_, one)| one.imports.iter().cloned()).collect();
        for (path, amended) in &amendment.files {
            let file = self.parts.files.get(path).ok_or("its file is gone")?;
            let edits: Edits =
                diff::carried(&amended.before, &amended.after, file.text()).map_err(|line| {
                    format!("your version no longer fits: line {line} was changed by another fix")
                })?;
            let used = |import: &&_| edits.iter().any(|edit| named_by(import, &edit.text));
            let imports = wanted.iter().filter(used).cloned().collect();
            files.insert(path.as_path(), FileFix { edits, imports, ..FileFix::default() });
        }
        Ok(GivenFix { files, ..fix.clone() })
    }

    /// The fixes that were accepted, as they were accepted, by number; and what cannot be had.
    pub fn accepted(&self) -> PickedFixes {
        self.picked(|_| true)
    }

    fn picked(&self, wanted: impl Fn(usize) -> bool) -> PickedFixes {
        let answers = self.parts.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut picked, mut lost) = (Vec::new(), Vec::new());
        for (id, key) in self.keys.iter().enumerate().filter(|(id, _)| wanted(*id)) {
            match self.chosen(id, answers.now(key).as_ref()) {
                Ok(fix) => picked.extend(fix.map(|fix| (id, fix))),
                Err(reason) => lost.push((id, reason)),
            }
        }
        (picked, lost)
    }

    /// The files of `paths` with what is accepted, and why some of it is not in them.
    fn texts(&self, paths: &BTreeSet<PathBuf>) -> (BTreeMap<PathBuf, String>, Vec<(usize, String)>) {
        let touches = |fix: &GivenFix| fix.files.paths().any(|path| paths.contains(path));
        let near = |id: usize| {
            touches(&self.parts.fixes[id])
                || self.parts.fixes[id]
                    .others
                    .iter()
                    .any(|one| one.files.paths().any(|path| paths.contains(path)))
        };
        let (picked, mut lost) = self.picked(near);
        let ids: Vec<usize> = picked.iter().map(|(id, _)| *id).collect();
        let (taken, met) = compatible(picked.into_iter().map(|(_, fix)| fix).collect());
        let id_of = |fix: &GivenFix| {
            ids.iter().copied().find(|id| self.parts.fixes[*id].fingerprint == fix.fingerprint)
        };
        for (fix, other) in &met {
            let reason =
                format!("its edits meet those of {} in line {}", taken[*other].rule, taken[*other].line);
            lost.extend(id_of(fix).map(|id| (id, reason)));
        }
        let order: Vec<Option<usize>> = taken.iter().map(id_of).collect();
        let mut texts = BTreeMap::new();
        match GivenFixes::new(taken, self.parts.files, BTreeMap::new(), &self.parts.guard)
            .and_then(|(given, _)| given.outcome(&BTreeSet::new()))
        {
            Ok(outcome) => {
                for (place, loss) in outcome.lost {
                    lost.extend(order[place].map(|id| (id, loss.reason)));
                }
                texts.extend(outcome.files.into_iter().map(|(path, text)| (path, text.after)));
            }
            Err(error) => lost.extend(ids.iter().map(|id| (*id, format!("gofmt cannot be run: {error}")))),
        }
        (texts, lost)
    }

    /// The files of `paths` with `keys` answered so.
    fn supposing(
        &self,
        paths: &BTreeSet<PathBuf>,
        keys: &[FixKey],
        answer: Option<&ReviewAnswer>,
    ) -> (BTreeMap<PathBuf, String>, Vec<(usize, String)>) {
        let lock = || self.parts.answers.lock().unwrap_or_else(PoisonError::into_inner);
        lock().suppose(keys, answer);
        let texts = self.texts(paths);
        lock().as_given();
        texts
    }

    fn notes(&self, ids: &[usize], answer: &ReviewAnswer) -> Vec<(&'static str, String)> {
        let mut notes = Vec::new();
        let mut note = |key: &'static str, text: String| {
            if !notes.contains(&(key, text.clone())) {
                notes.push((key, text));
            }
        };
        for id in ids {
            let fix = &self.parts.fixes[*id];
            if !fix.others.is_empty() {
                let number = if let ReviewAnswer::Variant(number) = answer { *number } else { 0 };
                let title = number.checked_sub(1).map_or(&fix.title, |at| &fix.others[at].title);
                let of = fix.others.len() + 1;
                note("one of several ways", format!("{} of {of}: {title}", number + 1));
            }
            if let Some(link) = &fix.link {
                note("see", link.clone());
            }
            note("from", self.parts.input.to_owned());
            let (proof, reason) = self.parts.verdicts.per_fix.get(id).cloned().unwrap_or_default();
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            match proof {
                Proof::Refused => note("refused by the proof", reason.trim_start_matches(": ").to_owned()),
                Proof::Unproved => note("not proved", reason.trim_start_matches(": ").to_owned()),
                Proof::Proved | Proof::None => {}
            }
        }
        notes
    }
}

impl Draft for GivenDraft<'_> {
    fn items(&self) -> Vec<ReviewItem> {
        let item = |(id, key): (usize, &FixKey)| ReviewItem {
            key: key.clone(),
            line: self.parts.fixes[id].line,
            declaration: None,
            lead: self.leads[id].clone(),
        };
        self.keys.iter().enumerate().map(item).collect()
    }

    fn again(&mut self, _: &BTreeSet<PathBuf>) {}
}

impl ReviewedFixes for GivenDraft<'_> {
    fn place(&self, key: &FixKey) -> Position {
        let id = self.ids.get(key);
        let place = id.and_then(|id| {
            let fix = &self.parts.fixes[*id];
            Some(self.parts.files.get(&fix.path)?.lines().position(fix.offset))
        });
        place.unwrap_or(Position { line: 1, column: 1, byte: 0 })
    }

    fn view(&self, answers: &Mutex<ReviewAnswers>, keys: &[FixKey], answer: Option<&ReviewAnswer>) -> View {
        let given = {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            keys.first().and_then(|key| answers.of(key)).filter(|answer| *answer != ReviewAnswer::No)
        };
        let answer = answer.cloned().or(given).unwrap_or(ReviewAnswer::Yes);
        let ids: Vec<usize> = keys.iter().filter_map(|key| self.ids.get(key)).copied().collect();
        let fixes = || ids.iter().map(|id| &self.parts.fixes[*id]);
        let others = fixes().flat_map(|fix| &fix.others).flat_map(|other| other.files.paths());
        let paths = fixes().flat_map(|fix| fix.files.paths()).chain(others).map(Path::to_owned).collect();
        let (without, _) = self.supposing(&paths, keys, None);
        let (with, lost) = self.supposing(&paths, keys, Some(&answer));
        let mut files = BTreeMap::new();
        for path in &paths {
            let Some(file) = self.parts.files.get(path) else { continue };
            let text = |texts: &BTreeMap<PathBuf, String>| {
                texts.get(path).cloned().unwrap_or_else(|| file.text().to_owned())
            };
            let (before, after) = (text(&without), text(&with));
            if before != after {
                files.insert(path.clone(), (before, after));
            }
        }
        let shown = |fix: &GivenFix| {
            let file = self.parts.files.get(&fix.path)?;
            let mut finding = finding(fix, file, self.parts.cwd);
            if let (ReviewAnswer::Variant(number), Some(one)) = (&answer, &mut finding.fix)
                && let Some(varied) = fix.varied(*number)
            {
                one.title = varied.title;
            }
            Some(ShownFix { place: finding.start, finding })
        };
        View {
            shown: fixes().filter_map(shown).collect(),
            notes: self.notes(&ids, &answer),
            files,
            refused: lost.into_iter().filter(|(id, _)| ids.contains(id)).map(|(_, reason)| reason).collect(),
        }
    }

    fn contents(&self, key: &FixKey) -> Vec<(PathBuf, String)> {
        let fix = self.ids.get(key).map(|id| &self.parts.fixes[*id]);
        let paths = fix.into_iter().flat_map(|fix| fix.files.paths());
        paths
            .filter_map(|path| Some((path.to_owned(), self.parts.files.get(path)?.text().to_owned())))
            .collect()
    }

    fn searched(&self) -> BTreeMap<FixKey, String> {
        let text = |(fix, key): (&GivenFix, &FixKey)| {
            let edits = fix.files.iter().flat_map(|(path, one)| {
                let text = self.parts.files.get(path).map_or("", |file| file.text());
                one.edits.iter().map(move |edit| format!("{}\n{}", edit.span.of(text), edit.text))
            });
            let edits: Vec<String> = edits.collect();
            (key.clone(), format!("{}\n{}\n{}", fix.message, fix.title, edits.join("\n")))
        };
        self.parts.fixes.iter().zip(&self.keys).map(text).collect()
    }

    fn variants(&self, key: &FixKey) -> usize {
        self.ids.get(key).map_or(1, |id| self.parts.fixes[*id].others.len() + 1)
    }

    fn separable(&self, keys: &[FixKey]) -> Result<BTreeSet<FixKey>, String> {
        let mut apart = BTreeSet::new();
        let mut why = None;
        for key in keys {
            let Some(id) = self.ids.get(key) else { continue };
            let alone = vec![self.parts.fixes[*id].clone()];
            let (given, lost) = GivenFixes::new(alone, self.parts.files, BTreeMap::new(), &self.parts.guard)
                .map_err(|error| format!("gofmt cannot be run: {error}"))?;
            let verdict = (self.parts.prove)(&given).and_then(|mut verdicts| verdicts.per_fix.remove(&0));
            match (lost.into_values().next().map(|loss| loss.reason), verdict) {
                (None, Some((Proof::Proved | Proof::None, _))) => {
                    apart.insert(key.clone());
                }
                (reason, verdict) => why = why.or(reason).or(verdict.and_then(|(_, words)| words)),
            }
        }
        if apart.is_empty() {
            let why = why.unwrap_or_else(|| "nothing was proved".to_owned());
            return Err(format!("They build only together: {why}."));
        }
        Ok(apart)
    }
}
