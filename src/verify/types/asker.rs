//! Puts questions to the helper: by module, by build configuration, and only those that
//! no earlier run has answered.

use super::super::BuildConfig;
use super::super::inputs::{InputSnapshot, Inputs};
use super::super::module_context::{ModuleContext, ModuleContexts};
use super::super::platform::{Asking, Platform};
use super::super::session::LIMITS;
use super::super::session::{ProofSession, RenderedFiles};
use super::super::toolchain::{CommandSetting, Toolchain};
use super::helper::TypeHelper;
use super::protocol::{HelperQuestion, HelperRequest, HelperResponse, wanted};
use super::question::FileQuestion;
use crate::disk::cache_files::CacheFiles;
use crate::disk::companion;
use crate::rewrite::{TypeAnswer, TypeAsk, TypeQuestion, TypeRelation};
use crate::verify::overlay::Scratch;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The most heap that the helper may take.
const MOST_MEMORY: u64 = 4 << 30;
/// The most packages that are asked about in one run of the helper.
const TOGETHER: usize = 400;
/// The most other systems that a file is asked about.
const MOST_SYSTEMS: usize = 4;

/// The packages whose interfaces everybody's types satisfy, imported or not.
const EVERYBODYS: &[&str] = &["encoding", "encoding/json", "fmt", "io", "sort"];

/// The fields of `go list` that the helper reads.
const FIELDS: &str =
    "-json=Dir,ImportPath,Name,ForTest,GoFiles,CgoFiles,Imports,ImportMap,Module,Error,Incomplete";

/// Asks about files as they are on disk but for some.
pub(super) struct TypeAsker<'a> {
    pub(super) session: &'a ProofSession<'a>,
    pub(super) helper: &'a TypeHelper,
    pub(super) files: &'a RenderedFiles,
    pub(super) kept: Option<&'a Path>,
}

/// What is remembered of a directory: all that its answers depend on, and the answers.
#[derive(Serialize, Deserialize)]
struct RememberedTypes {
    inputs: Inputs,
    answers: Vec<(String, TypeQuestion, TypeAnswer)>,
}

type Answers<'q> = HashMap<&'q FileQuestion, TypeAnswer>;

impl TypeAsker<'_> {
    /// The answers; a question without one is about a file that no build here has.
    pub(super) fn ask(
        &self,
        questions: BTreeSet<&FileQuestion>,
        note: &mut dyn FnMut(String),
    ) -> HashMap<FileQuestion, TypeAnswer> {
        let mut modules = ModuleContexts::default();
        let mut by_root: BTreeMap<PathBuf, BTreeSet<&FileQuestion>> = BTreeMap::new();
        let mut answers = HashMap::new();
        for question in questions {
            let path = self.session.real_path(&question.path);
            match modules.root_of(&path) {
                Some(root) => drop(by_root.entry(root).or_default().insert(question)),
                None => {
                    let why = "there is no go.mod above this file".to_owned();
                    answers.insert(question.clone(), TypeAnswer::Unknown(why));
                }
            }
        }
        for (root, questions) in by_root {
            let said = match ModuleContext::survey(self.session, &root) {
                Ok(context) => self.ask_module(&context, &questions, note),
                Err(why) => {
                    note(format!("Go cannot say the types of {}: {why}", root.display()));
                    questions.iter().map(|question| (*question, TypeAnswer::Unknown(why.clone()))).collect()
                }
            };
            answers.extend(said.into_iter().map(|(question, answer)| (question.clone(), answer)));
        }
        answers
    }

    fn ask_module<'q>(
        &self,
        context: &ModuleContext,
        questions: &BTreeSet<&'q FileQuestion>,
        note: &mut dyn FnMut(String),
    ) -> Answers<'q> {
        let mut by_dir: BTreeMap<PathBuf, BTreeSet<&'q FileQuestion>> = BTreeMap::new();
        for question in questions {
            let real = self.session.real_path(&question.path);
            let dir = real.parent().unwrap_or(Path::new("")).to_owned();
            by_dir.entry(dir).or_default().insert(question);
        }
        let snapshot = InputSnapshot::default();
        let mut answers = Answers::new();
        let mut left: Vec<(PathBuf, BTreeSet<&'q FileQuestion>)> = Vec::new();
        for (dir, mut questions) in by_dir {
            let remembered = self.remembered(context, &dir, &snapshot);
            let known: HashMap<(&str, &TypeQuestion), &TypeAnswer> =
                remembered.iter().map(|(file, asked, answer)| ((file.as_str(), asked), answer)).collect();
            questions.retain(|question| {
                let name = file_name(&question.path);
                match known.get(&(name.as_str(), &question.question)) {
                    Some(answer) => {
                        answers.insert(question, (*answer).clone());
                        false
                    }
                    None => true,
                }
            });
            if !questions.is_empty() {
                left.push((dir, questions));
            }
        }
        for batch in left.chunks(TOGETHER) {
            let (said, dirs) = match self.ask_everywhere(context, batch) {
                Ok(said) => said,
                Err(why) => {
                    note(format!("Go cannot say the types of {}: {why}", context.root.display()));
                    let all = batch.iter().flat_map(|(_, questions)| questions);
                    (
                        all.map(|question| (*question, TypeAnswer::Unknown(why.clone()))).collect(),
                        BTreeMap::new(),
                    )
                }
            };
            for (dir, questions) in batch {
                self.remember(context, dir, questions, &said, &dirs);
            }
            answers.extend(said);
        }
        answers
    }

    /// The answers about a directory that were given before, if all is as it was.
    fn remembered(
        &self,
        context: &ModuleContext,
        dir: &Path,
        snapshot: &InputSnapshot,
    ) -> Vec<(String, TypeQuestion, TypeAnswer)> {
        let found = || {
            let entry: RememberedTypes = self.cache()?.get(&self.key(context, dir)?)?;
            let now = snapshot.again(&entry.inputs, context, self.files)?;
            (now == entry.inputs).then_some(entry.answers)
        };
        found().unwrap_or_default()
    }

    fn remember(
        &self,
        context: &ModuleContext,
        dir: &Path,
        questions: &BTreeSet<&FileQuestion>,
        said: &Answers<'_>,
        dirs: &BTreeMap<PathBuf, Vec<PathBuf>>,
    ) {
        let keep = || {
            let (cache, key) = (self.cache()?, self.key(context, dir)?);
            let around: Vec<PathBuf> = dirs.get(dir)?.iter().map(|dir| self.session.real_path(dir)).collect();
            let snapshot = InputSnapshot::since(self.session.began);
            let inputs = snapshot.inputs(context, &around, false, self.files)?;
            let mut answers = self.remembered(context, dir, &snapshot);
            answers.extend(questions.iter().filter_map(|question| {
                let answer = said.get(question)?;
                let lasting =
                    !matches!(answer, TypeAnswer::Unknown(_)) && question.question.ask != TypeAsk::Interface;
                lasting.then(|| (file_name(&question.path), question.question.clone(), answer.clone()))
            }));
            cache.put(&key, &RememberedTypes { inputs, answers });
            Some(())
        };
        keep();
    }

    fn cache(&self) -> Option<CacheFiles> {
        Some(CacheFiles::at(&self.kept?.join("answers"), LIMITS))
    }

    fn key(&self, context: &ModuleContext, dir: &Path) -> Option<blake3::Hash> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.helper.digest.as_bytes());
        hasher.update(context.surroundings.as_ref()?.as_bytes()).update(b"\0");
        hasher.update(dir.as_os_str().as_encoded_bytes()).update(b"\0");
        // Files that differ from the disk are another world than the disk.
        for (path, bytes) in self.files.bytes.iter().filter(|(path, _)| path.parent() == Some(dir)) {
            hasher.update(path.as_os_str().as_encoded_bytes()).update(blake3::hash(bytes).as_bytes());
        }
        Some(hasher.finalize())
    }

    /// Asks as this system builds the files, then as others do that build what this one
    /// leaves out; a file that several build must get the same answer of all.
    #[allow(clippy::type_complexity)]
    fn ask_everywhere<'q>(
        &self,
        context: &ModuleContext,
        batch: &[(PathBuf, BTreeSet<&'q FileQuestion>)],
    ) -> Result<(Answers<'q>, BTreeMap<PathBuf, Vec<PathBuf>>), String> {
        let all: Vec<&'q FileQuestion> = batch.iter().flat_map(|(_, questions)| questions).copied().collect();
        let (mut answers, mut dirs) = self.run(context, None, &all)?;
        let host = Platform::of(&context.platform, false);
        let mut elsewhere: BTreeMap<Platform, Vec<&'q FileQuestion>> = BTreeMap::new();
        for (dir, questions) in batch {
            let systems = self.systems(dir, context, &host);
            for question in questions {
                let text = self.text(&question.path);
                let name = file_name(&question.path);
                let asking = Asking::of(&name, &text, context.go, &context.flags.tags);
                if !answers.contains_key(question) {
                    let there = asking.elsewhere(&host, false).or_else(|| asking.elsewhere(&host, true));
                    if let Some(there) = there {
                        elsewhere.entry(there).or_default().push(question);
                    }
                    continue;
                }
                for there in systems.iter().filter(|there| asking.builds(there)) {
                    elsewhere.entry(there.clone()).or_default().push(question);
                }
            }
        }
        for (platform, questions) in elsewhere {
            let (said, more) = self.run(context, Some(&platform), &questions)?;
            for (question, answer) in said {
                match answers.get(question) {
                    Some(here) if *here != answer => {
                        let why = format!("{}/{} says otherwise", platform.goos, platform.goarch);
                        answers.insert(question, TypeAnswer::Unknown(why));
                    }
                    Some(_) => {}
                    None => drop(answers.insert(question, answer)),
                }
            }
            for (dir, around) in more {
                let known = dirs.entry(dir).or_default();
                known.extend(around);
                known.sort();
                known.dedup();
            }
        }
        Ok((answers, dirs))
    }

    /// The systems for which files of a directory are that this one leaves out.
    fn systems(&self, dir: &Path, context: &ModuleContext, host: &Platform) -> Vec<Platform> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        names.sort();
        let mut systems: Vec<Platform> = Vec::new();
        let go_files = names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "go"));
        for path in go_files {
            let text = self.text(path);
            let name = file_name(path);
            let asking = Asking::of(&name, &text, context.go, &context.flags.tags);
            if asking.builds(host) || asking.builds(&Platform { cgo: true, ..host.clone() }) {
                continue;
            }
            let known = systems.iter().any(|there| asking.builds(there));
            if let Some(there) = asking.elsewhere(host, false).filter(|_| !known) {
                systems.push(there);
            }
        }
        systems.truncate(MOST_SYSTEMS);
        systems
    }

    /// The text of a file as it is asked about.
    fn text(&self, path: &Path) -> String {
        let real = self.session.real_path(path);
        match self.files.bytes.get(&real) {
            Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            None => companion::read_to_string(&real).unwrap_or_default(),
        }
    }

    /// One run of the helper.
    fn run<'q>(
        &self,
        context: &ModuleContext,
        platform: Option<&Platform>,
        questions: &[&'q FileQuestion],
    ) -> Result<(Answers<'q>, BTreeMap<PathBuf, Vec<PathBuf>>), String> {
        let spelled = |path: &Path| match path.strip_prefix(&context.root) {
            Ok(below) => context.dir.join(below),
            Err(_) => path.to_owned(),
        };
        let mut replace = context.user_overlay.replace.clone();
        let own = replaced(&self.session.scratch, self.files, &spelled)
            .map_err(|error| format!("a file cannot be written: {error}"))?;
        replace.extend(own);
        let overlay = if replace.is_empty() {
            None
        } else {
            let path = self.session.scratch.overlay(&replace);
            Some(path.map_err(|error| format!("a file cannot be written: {error}"))?)
        };
        let real: Vec<PathBuf> = questions.iter().map(|one| self.session.real_path(&one.path)).collect();
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let request = HelperRequest {
            go: self.session.toolchain.locate(self.session.toolchain.program()).map_or_else(
                || self.session.toolchain.program().to_string_lossy().into_owned(),
                |go| text(&go),
            ),
            lists: lists(context, questions, &real, overlay.as_deref()),
            overlay: replace.iter().map(|(path, to)| (text(path), text(to))).collect(),
            arch: platform
                .map_or_else(|| Platform::of(&context.platform, false).goarch, |there| there.goarch.clone()),
            max_bytes: MOST_MEMORY,
            questions: questions
                .iter()
                .zip(&real)
                .map(|(one, path)| HelperQuestion::of(text(&spelled(path)), &one.question))
                .collect(),
        };
        let file = tempfile::Builder::new()
            .prefix("types-")
            .suffix(".json")
            .tempfile_in(self.session.scratch.work())
            .and_then(|file| {
                serde_json::to_writer(&file, &request)?;
                Ok(file)
            })
            .map_err(|error| format!("a file cannot be written: {error}"))?;
        let config = platform.map(|there| BuildConfig {
            goos: Some(there.goos.clone()),
            goarch: Some(there.goarch.clone()),
            tags: Vec::new(),
        });
        let setting = CommandSetting {
            goflags: Some(&context.flags.text),
            workspace_off: context.workspace_off,
            config: config.as_ref(),
            cgo_off: platform.is_some_and(|there| !there.cgo),
            ..CommandSetting::plain(&context.dir)
        };
        let args: [&OsStr; 1] = [file.path().as_os_str()];
        let program = self.helper.program.as_os_str();
        // Sources that import C are listed without a C compiler, too.
        let with_c = platform.filter(|there| there.cgo).map(|_| {
            let mut options = self.session.options.clone();
            options.env.push(("CGO_ENABLED".into(), "1".into()));
            Toolchain::new(&options, self.session.scratch.work())
        });
        let toolchain = with_c.as_ref().unwrap_or(&self.session.toolchain);
        let output = toolchain.call(program, setting, &args).map_err(|error| error.to_string())?;
        let response: HelperResponse = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("the helper ended early: {}", output.first_error()))?;
        if !response.error.is_empty() {
            return Err(response.error);
        }
        // As the user calls the files, not as they lie on this disk.
        let here = format!("{}{}", context.dir.display(), std::path::MAIN_SEPARATOR);
        let shown = |answer: TypeAnswer| match answer {
            TypeAnswer::Unknown(why) => {
                TypeAnswer::Unknown(self.session.scratch.restore(&why).replace(&here, ""))
            }
            answer => answer,
        };
        let said = questions.iter().zip(response.answers);
        let answers =
            said.filter_map(|(question, answer)| Some((*question, shown(answer.read()?)))).collect();
        let dirs = response.dirs.into_iter().map(|(dir, around)| (self.session.real_path(&dir), around));
        Ok((answers, dirs.collect()))
    }
}

/// The arguments of the `go list` calls: the packages that types come from first, then those
/// that are asked about; with their tests where a test file is.
fn lists(
    context: &ModuleContext,
    questions: &[&FileQuestion],
    real: &[PathBuf],
    overlay: Option<&Path>,
) -> Vec<Vec<String>> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let (mut plain, mut tested) = (BTreeSet::new(), BTreeSet::new());
    let mut whole = false;
    for (question, path) in questions.iter().zip(real) {
        // A type that none of the packages knows is the type of nothing in them, but may be
        // an interface that something implements.
        let wanted = wanted(&question.question)
            .filter(|wanted| matches!(wanted.relation, TypeRelation::Implements | TypeRelation::Underlying));
        named.extend(wanted.into_iter().flat_map(|wanted| wanted.imports.values()).map(String::as_str));
        if question.question.ask == TypeAsk::Interface {
            named.extend(EVERYBODYS);
            whole = true;
        }
        let Some(pattern) = path.parent().and_then(|dir| context.pattern(dir)) else { continue };
        if file_name(path).ends_with("_test.go") { &mut tested } else { &mut plain }.insert(pattern);
    }
    let fixed = |test: bool| {
        let mut args: Vec<String> = ["list", "-e", "-deps", FIELDS].map(str::to_owned).to_vec();
        args.extend(test.then(|| "-test".to_owned()));
        args.extend(overlay.map(|overlay| format!("-overlay={}", overlay.display())));
        args.push("--".to_owned());
        args.extend(named.iter().map(|path| (*path).to_owned()));
        args
    };
    let mut lists = Vec::new();
    for (test, patterns) in [(false, plain), (true, tested)] {
        if !patterns.is_empty() {
            lists.push([fixed(test), patterns.into_iter().collect()].concat());
        }
    }
    if whole {
        lists.push([fixed(false), vec!["./...".to_owned()]].concat());
    }
    lists
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes the overlay for changed files; what go calls each of them → what to read.
fn replaced(
    scratch: &Scratch,
    files: &RenderedFiles,
    spelled: &dyn Fn(&Path) -> PathBuf,
) -> std::io::Result<BTreeMap<PathBuf, PathBuf>> {
    files.bytes.iter().map(|(path, bytes)| Ok((spelled(path), scratch.put(path, bytes)?))).collect()
}
