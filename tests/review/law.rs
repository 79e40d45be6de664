//! What must hold of any answers, over every golden: only what was accepted goes
//! in, all of it together is what `fix` does, and every step can be taken back.

use crate::support::{Known, RULES_OF_ALL, everything};
use gomend::engine::discover::{FileKind, Include, Limits};
use gomend::engine::fixes::Fixes;
use gomend::engine::plan::FixKey;
use gomend::engine::policy::Uniform;
use gomend::engine::scan::Scan;
use gomend::review::{Draft, ReviewAnswer, ReviewAnswers, ReviewSession};
use gomend::rewrite::Applicability;
use gomend::syntax::File;
use gomend::transforms::CATALOGUE;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Files that are reviewed together: more would take long, for each answer plans
/// all of them anew.
const TOGETHER: usize = 3;

/// Calls `check` with the fixes of a few files of the goldens at a time, which
/// answer by the answers that it is handed, and with what `fix` makes of those
/// files; of so many such groups one is looked at, and all of `_together`.
fn each_golden(
    one_of: usize,
    mut check: impl FnMut(&[PathBuf], &mut Fixes<'_>, &Mutex<ReviewAnswers>, &BTreeMap<PathBuf, String>),
) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 20);
    let policy = Uniform::new(everything());
    for folder in folders {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "go")).collect();
        let known = Known::of(&folder);
        let scan = Scan {
            entries: CATALOGUE,
            rules: &RULES_OF_ALL,
            policy: &policy,
            module: &known,
            include: Include::from([FileKind::Tests, FileKind::Generated]),
            limits: Limits::default(),
            cwd: folder.clone(),
            root: PathBuf::new(),
            shard: None,
            file_cache: Arc::default(),
            read: Default::default(),
            tick: &|| {},
        };
        let choose = |entry: &_, seen: &_, file: &Arc<File>, _: &FixKey| {
            scan.wants(entry, seen, file, Applicability::Unsafe)
        };
        let every = if folder.ends_with("_together") { 1 } else { one_of };
        for files in files.chunks(TOGETHER).step_by(every) {
            let all = texts(&Fixes::plan(&scan, files.to_vec(), &choose, 1));
            let answers = Mutex::new(ReviewAnswers::default());
            let ask = |key: &FixKey| answers.lock().unwrap().choice(key);
            let mut fixes = Fixes::asked(&scan, files.to_vec(), &choose, Some(&ask), 1);
            assert!(texts(&fixes).is_empty(), "{files:?}: nothing was accepted yet");
            check(files, &mut fixes, &answers, &all);
        }
    }
}

fn texts(fixes: &Fixes<'_>) -> BTreeMap<PathBuf, String> {
    let outcome = fixes.outcome(&BTreeSet::new());
    outcome.files.into_iter().map(|(path, planned)| (path, planned.after)).collect()
}

/// Answers each fix that is asked by `choice` until none is.
fn answer_all<D: Draft>(
    session: &mut ReviewSession<'_, D>,
    mut choice: impl FnMut(&FixKey) -> ReviewAnswer,
) -> usize {
    let mut steps = 0;
    while let Some(first) = session.current().first().cloned() {
        let all = session.current().into_iter().map(|item| item.key).collect();
        session.split(&all);
        let answer = choice(&first.key);
        session.answer(&answer);
        steps += 1;
        assert!(steps < 2000, "it asks without end: {first:?}");
    }
    steps
}

#[test]
fn accepting_each_comes_to_what_fix_does() {
    let mut asked = 0;
    each_golden(3, |folder, fixes, answers, all| {
        let mut session = ReviewSession::new(fixes, answers);
        while !session.current().is_empty() {
            // One by one here and there, the rest of a file at once else.
            let rest = asked % 4 != 0;
            asked += if rest {
                session.answer_rest(&ReviewAnswer::Yes)
            } else {
                session.answer(&ReviewAnswer::Yes)
            }
            .len();
            assert!(asked < 5000, "it asks without end: {folder:?}");
        }
        drop(session);
        let mine = texts(fixes);
        for (path, text) in all {
            assert_eq!(mine.get(path), Some(text), "{}", path.display());
        }
        assert_eq!(mine.len(), all.len(), "{folder:?}");
    });
    assert!(asked > 60, "{asked}");
}

#[test]
fn what_was_declined_stays_out_and_every_step_can_be_taken_back() {
    let mut state = 7_u64;
    let mut random = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 33
    };
    each_golden(9, |folder, fixes, answers, _| {
        let mut session = ReviewSession::new(fixes, answers);
        answer_all(&mut session, |_| match random() % 4 {
            0 => ReviewAnswer::No,
            1 => ReviewAnswer::Ignore("a test".to_owned()),
            _ => ReviewAnswer::Yes,
        });
        let lost = session.lost();
        drop(session);
        let taken: BTreeSet<FixKey> = fixes.taken().iter().map(|fix| fix.key.clone()).collect();
        {
            let answers = answers.lock().unwrap();
            for (key, answer) in answers.given() {
                let accepted = *answer != ReviewAnswer::No;
                assert!(accepted || !taken.contains(key), "{key:?} was declined");
                assert!(!accepted || taken.contains(key) || lost.contains(key), "{key:?} is nowhere");
            }
            let given: BTreeSet<&FixKey> = answers.given().map(|(key, _)| key).collect();
            assert!(
                taken.iter().all(|key| given.contains(key)),
                "something was taken that nobody was asked of"
            );
        }
        for (path, text) in texts(fixes) {
            let file = File::new(&path, text);
            assert!(file.outline().broken.is_empty(), "{}", path.display());
        }
        let mut session = ReviewSession::new(fixes, answers);
        while session.undo().is_some() {}
        drop(session);
        assert!(texts(fixes).is_empty(), "{folder:?}");
    });
}
