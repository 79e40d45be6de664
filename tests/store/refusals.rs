//! What the store does not write, and how it says so.

use super::assert_all;
use super::{Ground, change, meta, statuses};
use gomend::store::{FileError, FileStatus, Store, StoreError, UndoneStatus, WriteSkip};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn a_linked_file_is_edited_once_at_its_target() {
    let ground = Ground::new();
    ground.put("real/a.go", "old");
    symlink("real/a.go", ground.path("link.go")).unwrap();
    symlink("link.go", ground.path("chain.go")).unwrap();
    symlink("real", ground.path("folder")).unwrap();
    let outcome = ground.write(&[
        change("link.go", "old", "new"),
        change("real/a.go", "old", "new"),
        change("chain.go", "old", "new"),
        change("folder/a.go", "old", "new"),
    ]);
    assert_all!(
        statuses(outcome),
        [FileStatus::Written, FileStatus::SameFile, FileStatus::SameFile, FileStatus::SameFile]
    );
    assert_eq!(ground.get("real/a.go"), "new");
    for link in ["link.go", "chain.go", "folder"] {
        assert!(fs::symlink_metadata(ground.path(link)).unwrap().is_symlink(), "{link}");
    }
    assert_all!(ground.undo(None), [UndoneStatus::Restored]);
    assert_eq!(ground.get("real/a.go"), "old");
    assert!(fs::symlink_metadata(ground.path("link.go")).unwrap().is_symlink());
}

#[test]
fn two_contents_for_one_file_are_refused() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    ground.put("b.go", "old");
    symlink("a.go", ground.path("link.go")).unwrap();
    let outcome = ground.write(&[
        change("a.go", "old", "one"),
        change("link.go", "old", "two"),
        change("b.go", "old", "new"),
    ]);
    assert_all!(
        statuses(outcome),
        [
            FileStatus::Failed(FileError::TwoContents { .. }),
            FileStatus::Failed(FileError::TwoContents { .. }),
            FileStatus::Written
        ]
    );
    assert_eq!([ground.get("a.go"), ground.get("b.go")], ["old", "new"]);
}

#[test]
fn what_lies_outside_the_root_is_skipped_by_name() {
    let ground = Ground::new();
    let outside = dunce::canonicalize(ground.dir.path()).unwrap().join("outside.go");
    fs::write(&outside, "old").unwrap();
    symlink(&outside, ground.path("link.go")).unwrap();
    let outcome = ground.write(&[
        change("link.go", "old", "new"),
        change(&outside, "old", "new"),
        change("../outside.go", "old", "new"),
    ]);
    let files = statuses(outcome);
    let FileStatus::Skipped(skip @ WriteSkip::LinkOutside { target }) = &files[0] else {
        panic!("{files:?}")
    };
    assert_eq!(target, &outside);
    assert!(skip.to_string().contains("outside.go"), "{skip}");
    assert_all!(
        &files[1..],
        [FileStatus::Skipped(WriteSkip::Outside), FileStatus::Skipped(WriteSkip::Outside)]
    );
    assert_eq!(fs::read(&outside).unwrap(), b"old");
}

#[test]
fn a_hard_linked_file_keeps_its_links() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    ground.put("b.go", "old");
    fs::hard_link(ground.path("a.go"), ground.path("twin.go")).unwrap();
    let outcome = ground.write(&[change("a.go", "old", "new"), change("b.go", "old", "new")]);
    let files = statuses(outcome);
    assert_all!(&files, [FileStatus::Skipped(WriteSkip::HardLinked { links: 2 }), FileStatus::Written]);
    assert_eq!([ground.get("a.go"), ground.get("twin.go")], ["old", "old"]);

    fs::hard_link(ground.path("b.go"), ground.path("backup.go")).unwrap();
    assert_all!(ground.undo(None), [UndoneStatus::Skipped(WriteSkip::HardLinked { links: 2 })]);
    fs::remove_file(ground.path("backup.go")).unwrap();
    assert_all!(ground.undo(None), [UndoneStatus::Restored]);
}

#[test]
fn a_second_writer_is_told_of_the_first() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    let mut first = ground.open().unwrap();
    let error = Store::open(&ground.tree(), Some(&ground.state()), "gomend undo").unwrap_err();
    let StoreError::Busy { pid, command, .. } = &error else { panic!("{error}") };
    assert_eq!((*pid, command.as_str()), (Some(std::process::id()), "gomend fix ."));
    let text = error.to_string();
    assert!(text.contains(&std::process::id().to_string()) && text.contains("gomend fix ."), "{text}");

    // The same root by another name is the same root; another root is not.
    symlink(ground.tree(), ground.dir.path().join("alias")).unwrap();
    let alias = Store::open(&ground.dir.path().join("alias"), Some(&ground.state()), "");
    assert!(matches!(alias, Err(StoreError::Busy { .. })));
    let other = ground.dir.path().join("other");
    fs::create_dir(&other).unwrap();
    Store::open(&other, Some(&ground.state()), "").unwrap();

    first.write(&[change("a.go", "old", "new")], meta(), &mut |_| {}).unwrap();
    drop(first);
    ground.undo(None);
}

#[test]
fn a_root_that_does_not_exist_is_named() {
    let ground = Ground::new();
    let error = Store::open(&ground.path("nowhere"), Some(&ground.state()), "").unwrap_err();
    assert!(matches!(error, StoreError::Root { .. }));
    assert!(error.to_string().contains("nowhere"), "{error}");
    assert!(!ground.state().exists(), "nothing is created for it");
}
