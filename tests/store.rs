//! Writing files: what is written, refused, undone, finished and remembered.

#![cfg(unix)]

mod crash;
mod refusals;

use gomend::store::{
    Change, Drift, FileError, FileStatus, RunId, RunMeta, RunState, Step, Store, StoreError, UndoneStatus,
    WriteOutcome, runs,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A tree to write in, and a state folder beside it.
struct Ground {
    dir: tempfile::TempDir,
}

impl Ground {
    fn new() -> Ground {
        Ground::within(&std::env::temp_dir())
    }

    /// In memory where there is such a file system: a killed process leaves
    /// there what it leaves on a disk, and nothing waits for a flush.
    fn in_memory() -> Ground {
        let memory = Path::new("/dev/shm");
        if tempfile::tempdir_in(memory).is_ok() { Ground::within(memory) } else { Ground::new() }
    }

    fn within(folder: &Path) -> Ground {
        let dir = tempfile::tempdir_in(folder).unwrap();
        fs::create_dir(dir.path().join("tree")).unwrap();
        Ground { dir }
    }

    fn tree(&self) -> PathBuf {
        dunce::canonicalize(self.dir.path()).unwrap().join("tree")
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.tree().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn open(&self) -> Result<Store, StoreError> {
        Store::open(&self.tree(), Some(&self.state()), "gomend fix .")
    }

    fn write(&self, changes: &[Change]) -> WriteOutcome {
        self.open().unwrap().write(changes, meta(), &mut |_| {}).unwrap()
    }

    fn undo(&self, run: Option<RunId>) -> Vec<UndoneStatus> {
        let undone = self.open().unwrap().undo(run, &mut |_| {}).unwrap();
        undone.files.into_iter().map(|file| file.status).collect()
    }

    fn states(&self) -> Vec<RunState> {
        runs(&self.tree(), Some(&self.state())).unwrap().into_iter().map(|run| run.state).collect()
    }

    /// The journal's folder of the run with that number.
    fn journal(&self, run: u64) -> PathBuf {
        let mut roots = fs::read_dir(self.state().join("gomend")).unwrap();
        let root = roots.next().expect("a journal").unwrap().path();
        assert!(roots.next().is_none(), "one root has one journal");
        root.join("runs").join(run.to_string())
    }

    /// Each file below the tree: bytes and mode.
    fn snapshot(&self) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.tree()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let meta = fs::symlink_metadata(&path).unwrap();
                if meta.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = if meta.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
                    files.insert(path, (bytes, meta.mode()));
                }
            }
        }
        files
    }
}

fn meta_at(time: Timestamp) -> RunMeta {
    RunMeta { command: "gomend fix .".into(), version: "0.1.0".into(), time }
}

fn meta() -> RunMeta {
    meta_at("2026-03-01T12:00:00Z".parse().unwrap())
}

fn change(path: impl AsRef<Path>, before: impl AsRef<[u8]>, after: impl AsRef<[u8]>) -> Change {
    let (before, after) = (before.as_ref().to_owned(), after.as_ref().to_owned());
    Change { path: path.as_ref().to_owned(), before, after }
}

fn statuses(outcome: WriteOutcome) -> Vec<FileStatus> {
    outcome.files.into_iter().map(|file| file.status).collect()
}

/// Asserts that the values match the patterns, in order and number.
#[macro_export]
macro_rules! assert_all {
    ($values:expr, [$($pattern:pat),* $(,)?]) => {
        let values = $values;
        assert!(matches!(&values[..], [$($pattern),*]), "{values:#?}");
    };
}
use assert_all;

#[test]
fn a_run_writes_keeps_the_mode_and_is_undone_to_the_byte() {
    let ground = Ground::new();
    ground.put("a.go", "old a\r\n");
    ground.put("sub/b.go", "\u{feff}old b");
    ground.put("sub/c.go", "");
    fs::set_permissions(ground.path("a.go"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(ground.path("sub/b.go"), fs::Permissions::from_mode(0o750)).unwrap();
    let before = ground.snapshot();

    let mut steps = Vec::new();
    let changes = [
        change("a.go", "old a\r\n", "new a\r\n"),
        change(ground.path("sub/b.go"), "\u{feff}old b", "\u{feff}new"),
        change("sub/c.go", "", "c\n"),
    ];
    let outcome =
        ground.open().unwrap().write(&changes, meta(), &mut |step| steps.push(format!("{step:?}"))).unwrap();
    assert_eq!(outcome.run.map(|run| run.to_string()).as_deref(), Some("1"));
    assert_eq!(outcome.files[1].path, ground.path("sub/b.go"));
    assert_all!(statuses(outcome), [FileStatus::Written, FileStatus::Written, FileStatus::Written]);
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[0], "Journalled { files: 3 }");
    assert!(steps[3].contains("done: 3, of: 3"), "{}", steps[3]);
    assert_eq!([ground.get("a.go"), ground.get("sub/c.go")], ["new a\r\n", "c\n"]);
    let modes =
        |files: BTreeMap<_, (Vec<u8>, u32)>| files.into_values().map(|file| file.1).collect::<Vec<_>>();
    assert_eq!(modes(ground.snapshot()), modes(before.clone()));
    assert_eq!(ground.snapshot().len(), 3, "nothing but the files stands in the tree");
    assert_eq!(ground.states(), [RunState::Finished]);

    assert_all!(ground.undo(None), [UndoneStatus::Restored, UndoneStatus::Restored, UndoneStatus::Restored]);
    assert_eq!(ground.snapshot(), before);
    assert_eq!(ground.states(), [RunState::Undone]);
    assert_all!(
        ground.undo(None),
        [UndoneStatus::AlreadyOld, UndoneStatus::AlreadyOld, UndoneStatus::AlreadyOld]
    );
    assert_eq!(ground.snapshot(), before);
}

#[test]
fn owner_and_group_are_kept_where_permitted() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    let own = fs::metadata(ground.path("a.go")).unwrap();
    if own.uid() == 0 {
        std::os::unix::fs::chown(ground.path("a.go"), Some(1234), Some(4321)).unwrap();
    }
    fs::set_permissions(ground.path("a.go"), fs::Permissions::from_mode(0o6755)).unwrap();
    let before = fs::metadata(ground.path("a.go")).unwrap();
    ground.write(&[change("a.go", "old", "new")]);
    let after = fs::metadata(ground.path("a.go")).unwrap();
    assert_eq!((after.uid(), after.gid(), after.mode()), (before.uid(), before.gid(), before.mode()));
    assert_ne!(after.ino(), before.ino(), "written by a rename");
}

#[test]
fn a_change_that_changes_nothing_makes_no_run() {
    let ground = Ground::new();
    ground.put("a.go", "same");
    let outcome = ground.write(&[change("a.go", "same", "same")]);
    assert_eq!(outcome.run, None);
    assert_all!(statuses(outcome), [FileStatus::Unchanged]);
    assert_eq!(ground.states(), []);
}

#[test]
fn an_edit_made_meanwhile_is_never_overwritten() {
    let ground = Ground::new();
    for name in ["early.go", "journalled.go", "staged.go", "gone.go", "folder.go", "link.go", "z.go"] {
        ground.put(name, "old");
    }
    ground.put("early.go", "mine");
    let names = ["early.go", "z.go", "journalled.go", "staged.go", "gone.go", "folder.go", "link.go"];
    let changes = names.map(|name| change(name, "old", "new"));
    let mut on_step = |step: Step<'_>| match step {
        Step::Journalled { .. } => ground.put("journalled.go", "mine"),
        // All files of this small run are staged by now.
        Step::File { done: 1, .. } => {
            ground.put("staged.go", "mine");
            fs::remove_file(ground.path("gone.go")).unwrap();
            fs::remove_file(ground.path("folder.go")).unwrap();
            fs::create_dir(ground.path("folder.go")).unwrap();
            fs::rename(ground.path("link.go"), ground.path("target.go")).unwrap();
            std::os::unix::fs::symlink("target.go", ground.path("link.go")).unwrap();
        }
        Step::File { .. } => {}
    };
    let outcome = ground.open().unwrap().write(&changes, meta(), &mut on_step).unwrap();
    assert_all!(
        statuses(outcome),
        [
            FileStatus::ChangedMeanwhile(Drift::Edited),
            FileStatus::Written,
            FileStatus::ChangedMeanwhile(Drift::Edited),
            FileStatus::ChangedMeanwhile(Drift::Edited),
            FileStatus::ChangedMeanwhile(Drift::Removed),
            FileStatus::ChangedMeanwhile(Drift::NotAFile),
            FileStatus::ChangedMeanwhile(Drift::NotAFile),
        ]
    );
    for name in ["early.go", "journalled.go", "staged.go"] {
        assert_eq!(ground.get(name), "mine");
    }
    assert_eq!(ground.get("target.go"), "old");
    assert_eq!(ground.get("z.go"), "new");
    assert_all!(ground.undo(None), [UndoneStatus::Restored]);
    assert_eq!(ground.get("z.go"), "old");
}

#[test]
fn a_mode_changed_meanwhile_is_kept() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    ground.put("b.go", "old");
    let changes = [change("a.go", "old", "new"), change("b.go", "old", "new")];
    let mut on_step = |step: Step<'_>| {
        if let Step::File { done: 1, .. } = step {
            fs::set_permissions(ground.path("b.go"), fs::Permissions::from_mode(0o711)).unwrap();
        }
    };
    ground.open().unwrap().write(&changes, meta(), &mut on_step).unwrap();
    assert_eq!(ground.get("b.go"), "new");
    assert_eq!(fs::metadata(ground.path("b.go")).unwrap().mode() & 0o7777, 0o711);
}

#[test]
fn a_run_that_could_write_nothing_is_not_remembered() {
    let ground = Ground::new();
    ground.put("a.go", "old");
    let mut on_step = |_: Step<'_>| ground.put("a.go", "mine");
    let outcome =
        ground.open().unwrap().write(&[change("a.go", "old", "new")], meta(), &mut on_step).unwrap();
    assert_eq!(outcome.run, None);
    assert_all!(statuses(outcome), [FileStatus::ChangedMeanwhile(Drift::Edited)]);
    assert_eq!(ground.states(), []);
}

#[test]
fn undo_refuses_what_changed_since_and_restores_the_rest() {
    let ground = Ground::new();
    for name in ["a.go", "b.go", "c.go", "d.go"] {
        ground.put(name, "old");
    }
    ground.write(&["a.go", "b.go", "c.go", "d.go"].map(|name| change(name, "old", "new")));
    ground.put("b.go", "mine");
    fs::remove_file(ground.path("c.go")).unwrap();
    assert_all!(
        ground.undo(None),
        [
            UndoneStatus::Restored,
            UndoneStatus::ChangedSince(Drift::Edited),
            UndoneStatus::ChangedSince(Drift::Removed),
            UndoneStatus::Restored,
        ]
    );
    assert_eq!([ground.get("a.go"), ground.get("b.go"), ground.get("d.go")], ["old", "mine", "old"]);
    assert!(!ground.path("c.go").exists());
    assert_eq!(ground.states(), [RunState::PartlyUndone { left: 2 }]);

    // A refused file can still be put back once it is what the run wrote.
    ground.put("b.go", "new");
    ground.put("c.go", "new");
    ground.undo(None);
    assert_eq!([ground.get("b.go"), ground.get("c.go")], ["old", "old"]);
    assert_eq!(ground.states(), [RunState::Undone]);
}

#[test]
fn runs_are_undone_by_name_and_a_later_run_stands_in_the_way_of_an_earlier() {
    let ground = Ground::new();
    ground.put("a.go", "1");
    ground.put("b.go", "1");
    let first = ground.write(&[change("a.go", "1", "2"), change("b.go", "1", "2")]).run;
    ground.write(&[change("a.go", "2", "3")]);
    assert_all!(ground.undo(first), [UndoneStatus::ChangedSince(Drift::Edited), UndoneStatus::Restored]);
    assert_eq!([ground.get("a.go"), ground.get("b.go")], ["3", "1"]);
    assert_all!(ground.undo(None), [UndoneStatus::Restored]);
    assert_all!(ground.undo(first), [UndoneStatus::Restored, UndoneStatus::AlreadyOld]);
    assert_eq!(ground.get("a.go"), "1");

    let unknown = ground.open().unwrap().undo(Some("99".parse().unwrap()), &mut |_| {}).unwrap_err();
    assert!(matches!(unknown, StoreError::NoSuchRun { .. }), "{unknown}");
    assert!(unknown.to_string().contains("run 99"), "{unknown}");
    let ground = Ground::new();
    let nothing = ground.open().unwrap().undo(None, &mut |_| {}).unwrap_err();
    assert!(matches!(nothing, StoreError::NothingToUndo { .. }), "{nothing}");
    let nothing = ground.open().unwrap().resume(&mut |_| {}).unwrap_err();
    assert!(matches!(nothing, StoreError::NothingToContinue { .. }), "{nothing}");
}

#[test]
fn twenty_runs_and_thirty_days_are_remembered() {
    let ground = Ground::in_memory();
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    ground.put("a.go", "0");
    let run = |number: u32, hours: i64| {
        let changes = [change("a.go", (number - 1).to_string(), number.to_string())];
        let meta = meta_at(start + SignedDuration::from_hours(hours));
        ground.open().unwrap().write(&changes, meta, &mut |_| {}).unwrap();
    };
    let numbers = || {
        let runs = runs(&ground.tree(), Some(&ground.state())).unwrap();
        runs.iter().map(|run| run.id.to_string().parse().unwrap()).collect::<Vec<u32>>()
    };
    (1..=24).for_each(|number| run(number, i64::from(number)));
    assert_eq!(numbers(), (5..=24).rev().collect::<Vec<_>>());
    // Thirty days after run 20, which is not *more* than thirty days.
    run(25, 20 + 30 * 24);
    assert_eq!(numbers(), [25, 24, 23, 22, 21, 20]);
    run(26, 400 * 24);
    assert_eq!(numbers(), [26]);
    assert!(!ground.journal(25).exists());
}

#[test]
fn the_list_tells_how_a_run_was_started_and_what_it_wrote() {
    let ground = Ground::new();
    ground.put("sub/a.go", "old");
    ground.put("b.go", "mine");
    ground.write(&[change("sub/a.go", "old", "new"), change("b.go", "old", "new")]);
    let list = runs(&ground.tree(), Some(&ground.state())).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].meta, Some(meta()));
    assert_eq!(list[0].files, [PathBuf::from("sub/a.go")]);
    assert!(!ground.journal(1).join("after-0").exists(), "only an unfinished run needs the new contents");
    let mode = fs::metadata(ground.journal(1)).unwrap().mode();
    let above = fs::metadata(ground.state().join("gomend")).unwrap().mode();
    assert_eq!(above & 0o077, 0, "{mode:o}: the journal is private");
}

#[test]
fn a_path_that_is_not_text_survives_the_journal() {
    use std::os::unix::ffi::OsStrExt;
    let ground = Ground::new();
    let name = std::ffi::OsStr::from_bytes(b"line\nbreak\xff.go");
    fs::write(ground.tree().join(name), "old").unwrap();
    ground.write(&[change(name, "old", "new")]);
    assert_eq!(runs(&ground.tree(), Some(&ground.state())).unwrap()[0].files, [PathBuf::from(name)]);
    assert_all!(ground.undo(None), [UndoneStatus::Restored]);
    assert_eq!(fs::read(ground.tree().join(name)).unwrap(), b"old");
}

#[test]
fn a_damaged_journal_is_not_believed() {
    let ground = Ground::new();
    ground.put("a.go", "old a");
    ground.put("b.go", "old b");
    ground.write(&[change("a.go", "old a", "new a"), change("b.go", "old b", "new b")]);
    let blob = ground.journal(1).join("before-0");
    let bytes = fs::read(&blob).unwrap();
    assert_eq!(bytes, b"old aold b");
    fs::write(&blob, b"old aold").unwrap();
    assert_all!(ground.undo(None), [UndoneStatus::Restored, UndoneStatus::Failed(FileError::Damaged { .. })]);
    fs::write(&blob, b"old aOLD b").unwrap();
    assert_all!(
        ground.undo(None),
        [UndoneStatus::AlreadyOld, UndoneStatus::Failed(FileError::Damaged { .. })]
    );
    assert_eq!(ground.get("b.go"), "new b");

    let plan = ground.journal(1).join("plan");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, text.replace("b.go", "c.go")).unwrap();
    let error = ground.open().unwrap().undo(None, &mut |_| {}).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(ground.states(), [RunState::Damaged]);
    // It had ended, so it is in nobody's way.
    ground.put("a.go", "old a");
    assert_all!(statuses(ground.write(&[change("a.go", "old a", "newer")])), [FileStatus::Written]);
}

#[test]
fn a_journal_leads_nowhere_but_below_the_root() {
    let seal = |body: &str| format!("gomend journal 1 {}\n{body}", blake3::hash(body.as_bytes()).to_hex());
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("a.go");
    for path in [victim.to_str().unwrap(), "../a.go", "sub/../../a.go", "..", "", ".", "/"] {
        let ground = Ground::new();
        ground.put("a.go", "old");
        ground.write(&[change("a.go", "old", "new")]);
        fs::write(&victim, "new").unwrap();
        fs::write(ground.tree().parent().unwrap().join("a.go"), "new").unwrap();
        let plan = ground.journal(1).join("plan");
        let text = fs::read_to_string(&plan).unwrap();
        let (_, body) = text.split_once('\n').unwrap();
        fs::write(&plan, seal(&body.replace("a.go", path))).unwrap();
        let error = ground.open().unwrap().undo(None, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("leads out of the root"), "{path}: {error}");
        assert_eq!(ground.states(), [RunState::Damaged]);
        assert_eq!(fs::read_to_string(&victim).unwrap(), "new");
        assert_eq!(fs::read_to_string(ground.tree().parent().unwrap().join("a.go")).unwrap(), "new");
    }
    // Through a link that came later.
    let ground = Ground::new();
    ground.put("sub/a.go", "old");
    ground.write(&[change("sub/a.go", "old", "new")]);
    fs::remove_dir_all(ground.path("sub")).unwrap();
    fs::write(&victim, "new").unwrap();
    std::os::unix::fs::symlink(outside.path(), ground.path("sub")).unwrap();
    assert!(!ground.undo(None).iter().any(|status| matches!(status, UndoneStatus::Restored)));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "new");
    // With a file that is not in it.
    let ground = Ground::new();
    ground.put("a.go", "old");
    ground.write(&[change("a.go", "old", "new")]);
    fs::write(ground.journal(1).join("state"), seal("{\"state\":\"finished\",\"written\":[7]}\n")).unwrap();
    let error = ground.open().unwrap().undo(None, &mut |_| {}).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(ground.states(), [RunState::Damaged]);
}

#[derive(Clone, Debug)]
struct Sample {
    before: Vec<u8>,
    after: Vec<u8>,
    mode: u32,
    folder: u8,
}

fn sample() -> impl Strategy<Value = Sample> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..200);
    (bytes(), bytes(), 0u32..0o1000, 0u8..3).prop_map(|(before, after, mode, folder)| {
        // The owner can read it, else it could not have been analysed.
        Sample { before, after, mode: mode | 0o400, folder }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_is_the_inverse_of_write(samples in prop::collection::vec(sample(), 0..90)) {
        let ground = Ground::in_memory();
        let mut changes = Vec::new();
        for (number, sample) in samples.iter().enumerate() {
            let name = format!("{}/f{number}.go", ["", "sub", "sub/deep"][usize::from(sample.folder)]);
            let name = name.trim_start_matches('/');
            ground.put(name, &sample.before);
            fs::set_permissions(ground.path(name), fs::Permissions::from_mode(sample.mode)).unwrap();
            changes.push(change(name, &sample.before, &sample.after));
        }
        let before = ground.snapshot();
        let outcome = ground.write(&changes);
        let mut expected = before.clone();
        for change in &changes {
            expected.get_mut(&ground.path(change.path.to_str().unwrap())).unwrap().0 = change.after.clone();
        }
        prop_assert_eq!(ground.snapshot(), expected);
        if outcome.run.is_some() {
            ground.undo(None);
        }
        prop_assert_eq!(ground.snapshot(), before);
    }
}
