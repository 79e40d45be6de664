//! Records of what was noted.

use super::*;

fn record(notes: &[(&str, Question, Answer)]) -> Option<Record> {
    let mut all = Notes::default();
    for (path, question, answer) in notes {
        all.add(Path::new(path), *question, answer.clone()).expect("the path is text");
    }
    Record::of(all)
}

fn paths(record: &Record) -> Vec<String> {
    let path = |entry: &Entry| record.path(entry).into_os_string().into_string();
    record.entries.iter().map(|entry| path(entry).expect("the path is text")).collect()
}

fn content(size: u64) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    fs::write(&path, vec![0; size as usize]).unwrap();
    Answer::Content { stamp: Stamp::of(&fs::metadata(path).unwrap()), settled: true, hash: None }
}

#[test]
fn a_path_comes_out_as_it_went_in() {
    let odd = ["", "../b", "/", "/a", "/a/b", "/a/b/", "a/../b", "x", "é/ü"];
    let notes: Vec<_> = odd.iter().rev().map(|path| (*path, Question::Behind, Answer::Absent)).collect();
    let record = record(&notes).unwrap();
    let mut sorted = paths(&record);
    sorted.sort_unstable();
    assert_eq!(sorted, odd);
    let bytes = postcard::to_stdvec(&record).unwrap();
    assert_eq!(postcard::from_bytes::<Record>(&bytes).unwrap(), record);
}

#[test]
fn each_question_is_there_once_and_answers_agree() {
    let (one, other) = (content(1), content(2));
    let twice = |second: &Answer| {
        record(&[("/d/a", Question::Content, one.clone()), ("/d/a", Question::Content, second.clone())])
    };
    assert_eq!(paths(&twice(&one).unwrap()), ["/d/a"]);
    assert!(twice(&other).is_none(), "the file changed meanwhile");
}

#[test]
fn a_listing_tells_what_its_names_are() {
    let file = Answer::Kind(EntryKind::File);
    let kept = record(&[
        ("/d", Question::Listing, content(0)),
        ("/d/a", Question::Kind, file.clone()),
        ("/d/b", Question::Content, Answer::Absent),
        ("/d/c", Question::Content, content(3)),
        ("/d/..", Question::Kind, Answer::Kind(EntryKind::Directory)),
        ("/d/e/f", Question::Kind, file.clone()),
        ("/db", Question::Kind, file.clone()),
    ]);
    assert_eq!(paths(&kept.unwrap()), ["/d", "/db", "/d/..", "/d/c", "/d/e/f"]);
    let root = record(&[("/", Question::Listing, content(0)), ("/a", Question::Kind, file)]);
    assert_eq!(paths(&root.unwrap()), ["/"]);
}

#[test]
fn hashes_are_taken_over_where_the_stamps_are_the_same() {
    let (same, changed) = (content(4), content(5));
    let hashed = |answer: &Answer| match answer.clone() {
        Answer::Content { stamp, settled, .. } => {
            Answer::Content { stamp, settled, hash: Some(Box::new(hash(b"x"))) }
        }
        other => other,
    };
    let old = record(&[
        ("/a/x", Question::Content, hashed(&same)),
        ("/b/x", Question::Content, hashed(&same)),
        ("/c/gone", Question::Content, hashed(&same)),
        ("/d/x", Question::Content, hashed(&changed)),
    ]);
    let mut new = record(&[
        ("/0/new", Question::Content, same.clone()),
        ("/a/x", Question::Content, same.clone()),
        ("/b/x", Question::Content, same.clone()),
        ("/d/x", Question::Content, same.clone()),
        ("/e/new", Question::Content, same.clone()),
    ])
    .unwrap();
    new.learn(&old.unwrap());
    let known: Vec<bool> = new
        .entries
        .iter()
        .map(|entry| matches!(entry.answer, Answer::Content { hash: Some(_), .. }))
        .collect();
    assert_eq!(known, [false, true, true, false, false]);
}

#[test]
fn a_row_in_no_directory_is_an_error() {
    let record = record(&[("/a/x", Question::Behind, Answer::Absent)]).unwrap();
    let lost = Record { directories: Vec::new(), ..record };
    let bytes = postcard::to_stdvec(&lost).unwrap();
    assert!(postcard::from_bytes::<Record>(&bytes).is_err());
}
