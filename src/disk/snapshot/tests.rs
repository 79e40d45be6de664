//! Records of what was noted.

use super::*;

fn snapshot(notes: &[(&str, DiskQuestion, DiskAnswer)]) -> Option<Snapshot> {
    let mut all = DiskNotes::default();
    for (path, question, answer) in notes {
        all.add(Path::new(path), *question, answer.clone()).expect("the path is text");
    }
    Snapshot::of(all)
}

fn paths(snapshot: &Snapshot) -> Vec<String> {
    let path = |entry: &SnapshotEntry| snapshot.path(entry).into_os_string().into_string();
    snapshot.entries.iter().map(|entry| path(entry).expect("the path is text")).collect()
}

fn content(size: u64) -> DiskAnswer {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    fs::write(&path, vec![0; size as usize]).unwrap();
    DiskAnswer::Content { stamp: Stamp::of(&fs::metadata(path).unwrap()), stable: true, hash: None }
}

#[test]
fn a_path_comes_out_as_it_went_in() {
    let odd = ["", "../b", "/", "/a", "/a/b", "/a/b/", "a/../b", "x", "é/ü"];
    let notes: Vec<_> =
        odd.iter().rev().map(|path| (*path, DiskQuestion::Behind, DiskAnswer::Absent)).collect();
    let snapshot = snapshot(&notes).unwrap();
    let mut sorted = paths(&snapshot);
    sorted.sort_unstable();
    assert_eq!(sorted, odd);
    let bytes = postcard::to_stdvec(&snapshot).unwrap();
    assert_eq!(postcard::from_bytes::<Snapshot>(&bytes).unwrap(), snapshot);
}

#[test]
fn each_question_is_there_once_and_answers_agree() {
    let (one, other) = (content(1), content(2));
    let twice = |second: &DiskAnswer| {
        snapshot(&[
            ("/d/a", DiskQuestion::Content, one.clone()),
            ("/d/a", DiskQuestion::Content, second.clone()),
        ])
    };
    assert_eq!(paths(&twice(&one).unwrap()), ["/d/a"]);
    assert!(twice(&other).is_none(), "the file changed meanwhile");
}

#[test]
fn a_listing_tells_what_its_names_are() {
    let file = DiskAnswer::Kind(EntryKind::File);
    let kept = snapshot(&[
        ("/d", DiskQuestion::Listing, content(0)),
        ("/d/a", DiskQuestion::Kind, file.clone()),
        ("/d/b", DiskQuestion::Content, DiskAnswer::Absent),
        ("/d/c", DiskQuestion::Content, content(3)),
        ("/d/..", DiskQuestion::Kind, DiskAnswer::Kind(EntryKind::Directory)),
        ("/d/e/f", DiskQuestion::Kind, file.clone()),
        ("/db", DiskQuestion::Kind, file.clone()),
    ]);
    assert_eq!(paths(&kept.unwrap()), ["/d", "/db", "/d/..", "/d/c", "/d/e/f"]);
    let root = snapshot(&[("/", DiskQuestion::Listing, content(0)), ("/a", DiskQuestion::Kind, file)]);
    assert_eq!(paths(&root.unwrap()), ["/"]);
}

#[test]
fn hashes_are_taken_over_where_the_stamps_are_the_same() {
    let (same, changed) = (content(4), content(5));
    let hashed = |answer: &DiskAnswer| match answer.clone() {
        DiskAnswer::Content { stamp, stable, .. } => {
            DiskAnswer::Content { stamp, stable, hash: Some(Box::new(hash(b"x"))) }
        }
        other => other,
    };
    let old = snapshot(&[
        ("/a/x", DiskQuestion::Content, hashed(&same)),
        ("/b/x", DiskQuestion::Content, hashed(&same)),
        ("/c/gone", DiskQuestion::Content, hashed(&same)),
        ("/d/x", DiskQuestion::Content, hashed(&changed)),
    ]);
    let mut new = snapshot(&[
        ("/0/new", DiskQuestion::Content, same.clone()),
        ("/a/x", DiskQuestion::Content, same.clone()),
        ("/b/x", DiskQuestion::Content, same.clone()),
        ("/d/x", DiskQuestion::Content, same.clone()),
        ("/e/new", DiskQuestion::Content, same.clone()),
    ])
    .unwrap();
    new.learn(&old.unwrap());
    let known: Vec<bool> = new
        .entries
        .iter()
        .map(|entry| matches!(entry.answer, DiskAnswer::Content { hash: Some(_), .. }))
        .collect();
    assert_eq!(known, [false, true, true, false, false]);
}

#[test]
fn a_row_in_no_directory_is_an_error() {
    let snapshot = snapshot(&[("/a/x", DiskQuestion::Behind, DiskAnswer::Absent)]).unwrap();
    let lost = Snapshot { directories: Vec::new(), ..snapshot };
    let bytes = postcard::to_stdvec(&lost).unwrap();
    assert!(postcard::from_bytes::<Snapshot>(&bytes).is_err());
}
