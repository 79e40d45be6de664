use super::*;
use crate::engine::plan::Amendment;
use std::sync::Arc;

/// Fixes that stand or are taken; some are born once another is accepted.
struct Fake<'a> {
    answers: &'a Mutex<ReviewAnswers>,
    /// Each with the fix that gives birth to it.
    fixes: Vec<(ReviewItem, Option<FixKey>)>,
    /// Accepted fixes that end another.
    ends: Vec<(FixKey, FixKey)>,
    planned: Vec<BTreeSet<PathBuf>>,
}

fn key(path: &str, offset: usize, rule: &'static str) -> FixKey {
    FixKey { path: path.into(), place: SitePlace::Disk(offset), rule }
}

fn born(path: &str, near: usize, rule: &'static str) -> FixKey {
    FixKey { path: path.into(), place: SitePlace::Born { near, at: 0, declaration: 7 }, rule }
}

/// A fix each of whose sites has a line and a declaration of its own.
fn item(key: FixKey, line: usize) -> (ReviewItem, Option<FixKey>) {
    (ReviewItem { key, line, declaration: Some(line), lead: None }, None)
}

impl Draft for Fake<'_> {
    fn items(&self) -> Vec<ReviewItem> {
        let answers = self.answers.lock().unwrap();
        let accepted = |key: &FixKey| answers.of(key).is_some_and(|answer| answer != ReviewAnswer::No);
        let there = |(item, parent): &&(ReviewItem, Option<FixKey>)| {
            parent.as_ref().is_none_or(&accepted)
                && !self.ends.iter().any(|(by, ended)| *ended == item.key && accepted(by))
        };
        // In no order, as from several threads.
        self.fixes.iter().rev().filter(there).map(|(item, _)| item.clone()).collect()
    }

    fn again(&mut self, paths: &BTreeSet<PathBuf>) {
        self.planned.push(paths.clone());
    }
}

fn with(fixes: Vec<(ReviewItem, Option<FixKey>)>, check: impl FnOnce(ReviewSession<'_, Fake<'_>>)) {
    let answers = Mutex::new(ReviewAnswers::default());
    let mut fake = Fake { answers: &answers, fixes, ends: Vec::new(), planned: Vec::new() };
    check(ReviewSession::new(&mut fake, &answers));
}

fn current(session: &ReviewSession<'_, Fake<'_>>) -> Vec<FixKey> {
    session.current().into_iter().map(|item| item.key).collect()
}

#[test]
fn fixes_are_asked_file_by_file_and_what_was_born_behind_what_is_on_disk() {
    let child = (item(born("a", 10, "r"), 2).0, Some(key("a", 10, "r")));
    let fixes =
        vec![item(key("b", 1, "r"), 1), item(key("a", 10, "r"), 2), item(key("a", 90, "r"), 9), child];
    with(fixes, |mut session| {
        assert_eq!(current(&session), [key("a", 10, "r")]);
        assert_eq!(session.number(), (1, 3));
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(current(&session), [key("a", 90, "r")]);
        assert_eq!(session.number(), (2, 4));
        session.answer(&ReviewAnswer::No);
        assert_eq!(current(&session), [born("a", 10, "r")]);
        session.answer(&ReviewAnswer::Yes);
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(current(&session), []);
        assert_eq!(session.counts(), ReviewCounts { yes: 3, no: 1, ..ReviewCounts::default() });
    });
}

#[test]
fn what_stands_close_in_one_function_is_asked_together_until_it_is_split() {
    let near = |offset, line, declaration| {
        let item =
            ReviewItem { key: key("a", offset, "r"), line, declaration: Some(declaration), lead: None };
        (item, None)
    };
    let fixes = vec![near(1, 1, 0), near(2, 5, 0), near(3, 10, 0), near(4, 12, 1)];
    with(fixes, |mut session| {
        assert_eq!(current(&session), [key("a", 1, "r"), key("a", 2, "r")]);
        assert_eq!(session.number(), (1, 3));
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(session.counts(), ReviewCounts { yes: 2, open: 2, ..ReviewCounts::default() });
        session.undo();
        session.split(&[key("a", 1, "r"), key("a", 2, "r")].into());
        assert_eq!((current(&session), session.number()), (vec![key("a", 1, "r")], (1, 4)));
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(current(&session), [key("a", 2, "r")]);
    });
}

#[test]
fn other_rules_and_places_far_apart_are_not_asked_together() {
    let at = |offset, line, rule| {
        (ReviewItem { key: key("a", offset, rule), line, declaration: Some(0), lead: None }, None)
    };
    with(vec![at(1, 1, "r"), at(2, 2, "s"), at(3, 7, "s")], |session| assert_eq!(session.number(), (1, 3)));
}

#[test]
fn the_rest_of_a_file_takes_in_what_is_born_on_the_way() {
    let child = (item(born("a", 5, "r"), 5).0, Some(key("a", 50, "r")));
    let fixes = vec![
        item(key("a", 1, "r"), 1),
        item(key("a", 20, "r"), 20),
        item(key("a", 50, "r"), 50),
        child,
        item(key("b", 1, "r"), 1),
    ];
    with(fixes, |mut session| {
        session.step(true, true);
        let all = session.answer_rest(&ReviewAnswer::Yes);
        assert_eq!(all, [key("a", 20, "r"), key("a", 50, "r"), born("a", 5, "r")]);
        assert_eq!(current(&session), [key("b", 1, "r")]);
        assert_eq!(session.counts().open, 2, "what stands before stays open");
        // One key press is one step.
        session.undo();
        assert_eq!(session.counts(), ReviewCounts { open: 4, ..ReviewCounts::default() });
        assert_eq!(current(&session), [key("a", 20, "r")]);
        session.answer_rest(&ReviewAnswer::No);
        assert_eq!(session.counts(), ReviewCounts { open: 2, no: 2, ..ReviewCounts::default() });
    });
}

#[test]
fn a_rule_is_answered_everywhere_but_where_it_was_answered_already() {
    let child = (item(born("b", 1, "r"), 1).0, Some(key("b", 1, "r")));
    let fixes = vec![
        item(key("a", 1, "r"), 1),
        item(key("a", 9, "r"), 9),
        item(key("b", 1, "r"), 1),
        item(key("b", 5, "s"), 5),
        child,
    ];
    with(fixes, |mut session| {
        session.answer(&ReviewAnswer::No);
        assert_eq!(session.answer_rule(true), Some("r"));
        assert_eq!(session.counts(), ReviewCounts { no: 1, yes: 3, open: 1, ..ReviewCounts::default() });
        assert_eq!(current(&session), [key("b", 5, "s")]);
        session.undo();
        assert_eq!(session.counts(), ReviewCounts { no: 1, open: 3, ..ReviewCounts::default() });
        assert_eq!(current(&session), [key("a", 9, "r")]);
        // Asked of a fix with an answer of its own, the rule's answer holds.
        session.go(1);
        session.answer_rule(true);
        assert_eq!(session.status(&key("a", 1, "r")), ItemStatus::Yes);
        session.undo();
        assert_eq!(session.status(&key("a", 1, "r")), ItemStatus::No);
    });
}

#[test]
fn the_search_for_an_open_fix_begins_again_at_the_start() {
    let fixes = (1..=4).map(|at| item(key("a", at, "r"), 10 * at)).collect();
    with(fixes, |mut session| {
        assert!(session.go(3) && !session.go(5) && !session.go(0));
        session.answer(&ReviewAnswer::Yes);
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(session.number().0, 1);
        assert!(!session.step(false, false));
        assert!(session.step(true, false) && session.step(true, false));
        assert_eq!(session.number().0, 3, "an answered one can be gone to");
        assert!(!session.step(true, true), "but is not open");
        assert!(session.step(false, true));
        assert_eq!(session.number().0, 2);
    });
}

#[test]
fn an_accepted_fix_that_another_leaves_without_a_place_is_told() {
    let answers = Mutex::new(ReviewAnswers::default());
    let fixes = vec![item(key("a", 1, "r"), 1), item(key("a", 9, "s"), 9)];
    let ends = vec![(key("a", 9, "s"), key("a", 1, "r"))];
    let mut fake = Fake { answers: &answers, fixes, ends, planned: Vec::new() };
    let mut session = ReviewSession::new(&mut fake, &answers);
    session.answer(&ReviewAnswer::Yes);
    assert!(session.lost().is_empty());
    session.answer(&ReviewAnswer::Yes);
    assert_eq!(session.lost(), BTreeSet::from([key("a", 1, "r")]));
    assert_eq!(session.counts(), ReviewCounts { yes: 1, ..ReviewCounts::default() });
    session.undo();
    assert!(session.lost().is_empty());
    assert_eq!(session.counts(), ReviewCounts { yes: 1, open: 1, ..ReviewCounts::default() });
}

#[test]
fn only_the_files_concerned_are_planned_again() {
    let answers = Mutex::new(ReviewAnswers::default());
    let fixes = vec![item(key("a", 1, "r"), 1), item(key("b", 1, "r"), 1), item(key("c", 1, "s"), 1)];
    let mut fake = Fake { answers: &answers, fixes, ends: Vec::new(), planned: Vec::new() };
    let mut session = ReviewSession::new(&mut fake, &answers);
    session.answer(&ReviewAnswer::Yes);
    session.answer_rule(true);
    let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
    assert_eq!(fake.planned, [set(&["a"]), set(&["a", "b"])]);
}

mod kept {
    use super::*;
    use crate::engine::plan::Amended;
    use crate::review::answers::{AnswerRecord, AnsweredSite, SavedAnswer, replay};
    use std::collections::BTreeMap;
    use std::path::Path;

    const RULES: &[&str] = &["r", "s"];

    fn rules(name: &str) -> Option<&'static str> {
        RULES.iter().copied().find(|rule| *rule == name)
    }

    fn answer(answer: &ReviewAnswer, keys: &[FixKey]) -> AnswerRecord {
        let files = keys.iter().map(|key| (key.path.clone(), "old".to_owned())).collect();
        AnswerRecord::Answer {
            answer: SavedAnswer::from(answer),
            sites: keys.iter().map(AnsweredSite::from).collect(),
            files,
            too: false,
        }
    }

    /// Through the text that is kept, as after a crash.
    fn kept(
        records: &[AnswerRecord],
        now: &dyn Fn(&Path) -> Option<String>,
    ) -> (Vec<(FixKey, ReviewAnswer)>, Vec<PathBuf>, ReviewAnswers) {
        let lines: Vec<String> =
            records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        let read: Vec<AnswerRecord> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, records);
        let replayed = replay(&read, &rules, now);
        let given = replayed.answers.given().map(|(key, answer)| (key.clone(), answer.clone())).collect();
        (given, replayed.changed.into_iter().collect(), replayed.answers)
    }

    fn old(_: &Path) -> Option<String> {
        Some("old".to_owned())
    }

    #[test]
    fn answers_of_every_kind_come_back_as_they_were() {
        let texts = Amended { before: "a\n".into(), after: "b\n".into() };
        let edited =
            ReviewAnswer::Edited(Arc::new(Amendment { files: BTreeMap::from([("a".into(), texts)]) }));
        let all = [ReviewAnswer::Yes, ReviewAnswer::No, ReviewAnswer::Ignore("why \"so\"".into()), edited];
        let keys = [key("a", 1, "r"), born("a", 2, "s"), key("b", 3, "r"), key("a", 4, "r")];
        let records: Vec<AnswerRecord> =
            all.iter().zip(&keys).map(|(one, key)| answer(one, std::slice::from_ref(key))).collect();
        let (mut given, changed, _) = kept(&records, &old);
        let mut wanted: Vec<(FixKey, ReviewAnswer)> = keys.into_iter().zip(all).collect();
        given.sort_by(|a, b| a.0.cmp(&b.0));
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(given, wanted);
        assert!(changed.is_empty());
    }

    #[test]
    fn undone_answers_and_unknown_rules_do_not_come_back_and_steps_do() {
        let (a, b) = (key("a", 1, "r"), key("a", 2, "r"));
        let gone = AnsweredSite { path: "a".into(), rule: "gone".into(), place: (5, None) };
        let records = [
            answer(&ReviewAnswer::Yes, std::slice::from_ref(&a)),
            answer(&ReviewAnswer::Yes, std::slice::from_ref(&b)),
            AnswerRecord::Undo,
            AnswerRecord::Rule { rule: "s".into(), take: true },
            AnswerRecord::Answer {
                answer: SavedAnswer::No,
                sites: vec![gone],
                files: BTreeMap::new(),
                too: false,
            },
        ];
        let (given, _, mut answers) = kept(&records[..4], &old);
        assert_eq!(given, [(a, ReviewAnswer::Yes)]);
        assert_eq!(answers.of(&key("z", 1, "s")), Some(ReviewAnswer::Yes));
        assert!(answers.undo().is_some_and(|step| step.rule.is_some()));
        assert_eq!(answers.of(&key("z", 1, "s")), None);
        assert_eq!(kept(&records, &old).0.len(), 1);
    }

    #[test]
    fn what_changed_since_is_asked_again_and_named() {
        let records =
            [answer(&ReviewAnswer::Yes, &[key("a", 1, "r")]), answer(&ReviewAnswer::No, &[key("b", 1, "r")])];
        let now = |path: &Path| Some(if path == Path::new("a") { "new" } else { "old" }.to_owned());
        let (given, changed, _) = kept(&records, &now);
        assert_eq!(given, [(key("b", 1, "r"), ReviewAnswer::No)]);
        assert_eq!(changed, [PathBuf::from("a")]);
        // One that cannot be read any more has changed too.
        assert_eq!(kept(&records, &|_| None).1.len(), 2);
    }

    #[test]
    fn after_a_write_declined_fixes_move_with_their_text_and_the_rest_is_asked() {
        let (yes, no) = (key("a", 1, "r"), key("a", 9, "r"));
        let moved = key("a", 7, "r");
        let records = [
            AnswerRecord::Rule { rule: "r".into(), take: true },
            AnswerRecord::Rule { rule: "s".into(), take: false },
            answer(&ReviewAnswer::Yes, &[yes]),
            answer(&ReviewAnswer::No, std::slice::from_ref(&no)),
            answer(&ReviewAnswer::Yes, &[key("b", 1, "r")]),
            AnswerRecord::Again { sites: vec![AnsweredSite::from(&key("b", 1, "r"))] },
            AnswerRecord::Written {
                path: "a".into(),
                now: "written".into(),
                moved: vec![(AnsweredSite::from(&no), AnsweredSite::from(&moved))],
            },
        ];
        let now = |path: &Path| Some(if path == Path::new("a") { "written" } else { "old" }.to_owned());
        let (given, changed, mut answers) = kept(&records, &now);
        assert_eq!((given, changed), (vec![(moved, ReviewAnswer::No)], vec![]));
        assert_eq!(answers.of(&key("c", 1, "r")), None, "accepting everywhere ends with the write");
        assert_eq!(answers.of(&key("c", 1, "s")), Some(ReviewAnswer::No));
        assert!(answers.undo().is_none());
    }
}

#[test]
fn what_builds_only_together_is_asked_together_wherever_it_stands() {
    let with_lead = |key: FixKey, line, lead: &FixKey| {
        (ReviewItem { key, line, declaration: None, lead: Some(lead.clone()) }, None)
    };
    let [first, middle, second, third] =
        [key("a", 1, "r"), key("a", 5, "r"), key("a", 9, "s"), key("b", 3, "r")];
    let fixes = vec![
        with_lead(first.clone(), 1, &first),
        item(middle.clone(), 5),
        with_lead(second.clone(), 9, &first),
        with_lead(third.clone(), 3, &first),
    ];
    with(fixes, |mut session| {
        assert_eq!(current(&session), [first.clone(), second.clone(), third.clone()]);
        assert_eq!(session.number(), (1, 2));
        // Only the first can stand alone.
        session.split(&[first.clone()].into());
        assert_eq!((current(&session), session.number()), (vec![first.clone()], (1, 3)));
        session.answer(&ReviewAnswer::No);
        assert_eq!(current(&session), [second.clone(), third.clone()]);
        session.split(&[third.clone()].into());
        assert_eq!((current(&session), session.number()), (vec![second.clone()], (2, 4)));
        session.answer(&ReviewAnswer::Yes);
        session.answer(&ReviewAnswer::Yes);
        assert_eq!(session.counts(), ReviewCounts { yes: 2, no: 1, open: 1, ..ReviewCounts::default() });
    });
}
