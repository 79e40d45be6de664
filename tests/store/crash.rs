//! Runs killed, aborted and starved, each in a process of its own.

use super::{Ground, change, meta, statuses};
use gomend::store::{
    Change, FileError, FileStatus, RunState, Step, Store, StoreError, UndoneFile, UndoneStatus,
};
use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// More than three batches.
const FILES: usize = 200;
/// The exit status of a process that ended in the middle, without clean-up.
const ABORTED: i32 = 70;

fn name(number: usize) -> String {
    format!("pkg{}/f{number}.go", number % 7)
}

fn contents(number: usize, version: &str) -> String {
    format!("// {version} {number}\n").repeat(1 + number * 13 % 400)
}

fn changes() -> Vec<Change> {
    (0..FILES).map(|n| change(name(n), contents(n, "old"), contents(n, "new"))).collect()
}

fn ground() -> Ground {
    let ground = Ground::in_memory();
    (0..FILES).for_each(|n| ground.put(&name(n), contents(n, "old")));
    ground
}

/// How many files are new. Fails when one is neither old nor new, or when
/// anything else stands in the tree.
fn new_files(ground: &Ground, leftovers: bool) -> usize {
    let mut files = ground.snapshot();
    let mut new = 0;
    for number in 0..FILES {
        let path = ground.path(&name(number));
        let (bytes, _) = files.remove(&path).unwrap_or_else(|| panic!("{} is gone", path.display()));
        if bytes == contents(number, "new").as_bytes() {
            new += 1;
        } else {
            assert!(bytes == contents(number, "old").as_bytes(), "{} is neither old nor new", path.display());
        }
    }
    let known = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        leftovers && name.starts_with(".gomend-") && name.ends_with(".tmp")
    };
    let strange: Vec<_> = files.into_keys().filter(|path| !known(path)).collect();
    assert!(strange.is_empty(), "left in the tree: {strange:?}");
    new
}

/// A process that does `role` in the ground.
fn command(role: &str, ground: &Ground) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "store::crash::child", "--nocapture", "--test-threads=1"]);
    command.env("STORE_ROLE", role).env("STORE_TREE", ground.tree()).env("STORE_STATE", ground.state());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Starts it, and waits until it is about to do its work.
fn start(mut command: Command) -> Child {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("ready")));
    child
}

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let role = env::var("STORE_ROLE").expect("started by a test");
    let (tree, state) = (env::var("STORE_TREE").unwrap(), env::var("STORE_STATE").ok());
    let abort_at: Option<usize> = env::var("STORE_ABORT_AT").ok().map(|at| at.parse().unwrap());
    let mut seen = 0;
    let mut on_step = |_: Step<'_>| {
        if abort_at == Some(seen) {
            std::process::exit(ABORTED);
        }
        seen += 1;
    };
    println!("ready");
    let mut store = Store::open(Path::new(&tree), state.as_deref().map(Path::new), "the child").unwrap();
    let outcome = match role.as_str() {
        "write" => store.write(&changes(), meta(), &mut on_step).unwrap(),
        "resume" => store.resume(&mut on_step).unwrap(),
        "undo" => return drop(store.undo(None, &mut on_step).unwrap()),
        other => panic!("no role {other}"),
    };
    for file in outcome.files {
        if let FileStatus::Failed(error) = file.status {
            println!("failed: {error}");
        }
    }
}

/// Ends `role` by an abort after that many steps.
fn abort(role: &str, steps: usize, ground: &Ground) {
    let mut command = command(role, ground);
    let status = command.env("STORE_ABORT_AT", steps.to_string()).status().unwrap();
    assert_eq!(status.code(), Some(ABORTED), "{role} ended by itself");
}

#[test]
fn killed_a_hundred_times_every_file_is_old_or_new() {
    let ground = ground();
    let mut length = Duration::ZERO;
    for _ in 0..2 {
        let mut child = start(command("write", &ground));
        let began = Instant::now();
        assert!(child.wait().unwrap().success());
        length = began.elapsed();
        ground.undo(None);
    }
    let (mut unfinished, mut part) = (0, 0);
    for kill in 0..100_u32 {
        let mut child = start(command("write", &ground));
        // Spread evenly, in an order that the drift of the machine's speed
        // does not follow.
        std::thread::sleep(length * (kill * 37 % 100) / 95);
        child.kill().unwrap();
        child.wait().unwrap();

        let new = new_files(&ground, true);
        part += u32::from(0 < new && new < FILES);
        let mut store = ground.open().unwrap();
        new_files(&ground, false);
        match store.ensure_finished() {
            Ok(()) => assert!(new == 0 || new == FILES, "a run that is not half-way wrote {new} files"),
            Err(StoreError::Unfinished { .. }) => {
                unfinished += 1;
                if kill % 2 == 0 {
                    store.resume(&mut |_| {}).unwrap();
                    assert_eq!(new_files(&ground, false), FILES, "all files are new after the continuation");
                }
            }
            Err(other) => panic!("{other}"),
        }
        match store.undo(None, &mut |_| {}) {
            Ok(_) | Err(StoreError::NothingToUndo { .. }) => {}
            Err(other) => panic!("{other}"),
        }
        drop(store);
        assert_eq!(new_files(&ground, false), 0, "all files are old after the undo");
    }
    eprintln!("of 100 kills {unfinished} left a run unfinished, {part} with a part of the files written");
    assert!(unfinished >= 5, "the kills missed the run: {unfinished}");
}

#[test]
fn aborted_between_two_files_a_run_is_undone_or_finished() {
    // Before the first rename, within and between batches, after the last.
    for steps in [0, 1, 2, 63, 64, 65, 130, FILES] {
        for resume in [false, true] {
            let ground = ground();
            let before = ground.snapshot();
            abort("write", steps, &ground);
            assert_eq!(new_files(&ground, true), steps);
            let batch_end = (steps.div_ceil(64) * 64).min(FILES);
            assert_eq!(ground.snapshot().len() - FILES, batch_end - steps, "staged, not yet renamed");
            assert_eq!(ground.states(), [RunState::Unfinished]);

            let mut store = ground.open().unwrap();
            let refused = store.write(&changes(), meta(), &mut |_| {}).unwrap_err();
            assert!(matches!(refused, StoreError::Unfinished { .. }), "{refused}");
            let text = refused.to_string();
            assert!(text.contains("`gomend undo`") && text.contains("`gomend fix --continue`"), "{text}");
            if resume {
                let outcome = store.resume(&mut |_| {}).unwrap();
                assert!(statuses(outcome).iter().all(|status| matches!(status, FileStatus::Written)));
                assert_eq!(new_files(&ground, false), FILES);
                assert_eq!(ground.states(), [RunState::Finished]);
                let again = store.resume(&mut |_| {}).unwrap_err();
                assert!(matches!(again, StoreError::NothingToContinue { .. }), "{again}");
            }
            let undone = store.undo(None, &mut |_| {}).unwrap();
            let restored = |file: &&UndoneFile| matches!(file.status, UndoneStatus::Restored);
            let expected = if resume { FILES } else { steps };
            assert_eq!(undone.files.iter().filter(restored).count(), expected);
            assert_eq!(ground.snapshot(), before);
            store.write(&changes(), meta(), &mut |_| {}).unwrap();
        }
    }
}

#[test]
fn an_undo_and_a_continuation_can_be_interrupted_too() {
    let ground = ground();
    abort("write", 100, &ground);
    abort("resume", 150, &ground);
    assert_eq!(new_files(&ground, true), 151);
    abort("undo", 30, &ground);
    assert_eq!(new_files(&ground, true), 120);
    assert_eq!(ground.states(), [RunState::HalfUndone]);
    let mut store = ground.open().unwrap();
    new_files(&ground, false);
    for refused in
        [store.write(&changes(), meta(), &mut |_| {}).unwrap_err(), store.resume(&mut |_| {}).unwrap_err()]
    {
        assert!(matches!(refused, StoreError::HalfUndone { .. }), "{refused}");
        assert!(refused.to_string().contains("finish it with `gomend undo`"), "{refused}");
    }
    store.undo(None, &mut |_| {}).unwrap();
    assert_eq!(new_files(&ground, false), 0);

    // The same for a run that had ended properly, with another run named.
    let first = store.write(&changes(), meta(), &mut |_| {}).unwrap().run;
    store.undo(first, &mut |_| {}).unwrap();
    store.write(&changes(), meta(), &mut |_| {}).unwrap();
    drop(store);
    abort("undo", 10, &ground);
    let mut store = ground.open().unwrap();
    let refused = store.undo(first, &mut |_| {}).unwrap_err();
    assert!(matches!(refused, StoreError::HalfUndone { .. }), "{refused}");
    store.undo(None, &mut |_| {}).unwrap();
    assert_eq!(new_files(&ground, false), 0);
}

#[test]
fn an_edit_after_a_crash_survives_both_ways_out() {
    for resume in [false, true] {
        let ground = ground();
        abort("write", 100, &ground);
        ground.put(&name(5), "mine, over the new contents");
        ground.put(&name(190), "mine, over the old contents");
        let mut store = ground.open().unwrap();
        if resume {
            let files = statuses(store.resume(&mut |_| {}).unwrap());
            for edited in [5, 190] {
                assert!(matches!(files[edited], FileStatus::ChangedMeanwhile(_)), "{:?}", files[edited]);
            }
            assert!(matches!(files[6], FileStatus::Written));
        }
        let files = store.undo(None, &mut |_| {}).unwrap().files;
        for edited in [5, 190] {
            assert!(matches!(files[edited].status, UndoneStatus::ChangedSince(_)), "{:?}", files[edited]);
        }
        assert_eq!(ground.get(&name(5)), "mine, over the new contents");
        assert_eq!(ground.get(&name(190)), "mine, over the old contents");
        assert_eq!(ground.get(&name(6)), contents(6, "old"));
        store.ensure_finished().unwrap();
    }
}

#[test]
fn a_journal_without_a_plan_is_forgotten() {
    let ground = ground();
    abort("write", 0, &ground);
    // As a kill before the last act of the journal leaves it.
    fs::rename(ground.journal(1).join("plan"), ground.journal(1).join("plan.new")).unwrap();
    let mut store = ground.open().unwrap();
    assert!(!ground.journal(1).exists());
    store.write(&changes(), meta(), &mut |_| {}).unwrap();
}

#[test]
fn a_damaged_plan_of_an_unfinished_run_stops_everything() {
    let ground = ground();
    abort("write", 10, &ground);
    let plan = ground.journal(1).join("plan");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, &text[..text.len() / 2]).unwrap();
    let error = ground.open().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains(ground.journal(1).to_str().unwrap()), "{error}");
}

#[test]
fn only_own_leftovers_are_swept() {
    let ground = ground();
    abort("write", 3, &ground);
    ground.put("pkg1/.gomend-notes.tmp", "a person's");
    ground.put("pkg1/.gomend-0123456789ab-Ab12Cd.tmp", "another writer's");
    ground.open().unwrap();
    let mut files = ground.snapshot();
    assert!(files.remove(&ground.path("pkg1/.gomend-notes.tmp")).is_some());
    assert!(files.remove(&ground.path("pkg1/.gomend-0123456789ab-Ab12Cd.tmp")).is_some());
    assert_eq!(files.len(), FILES);
}

/// `command` under a limit on the size of each file that it writes, as a shell
/// sets it. A write beyond it fails as one on a full disk does, half-way.
fn limited(blocks: u64, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")).arg("sh");
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    shell
}

#[test]
fn no_room_for_the_journal_changes_nothing() {
    let ground = ground();
    let before = ground.snapshot();
    let output = limited(64, &command("write", &ground)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && text.contains("FileTooLarge"), "{text}");
    assert_eq!(ground.snapshot(), before);
    assert_eq!(ground.states(), []);
    ground.write(&changes());
}

#[test]
fn no_room_for_one_file_fails_that_file_alone() {
    let ground = ground();
    abort("write", 0, &ground);
    // The journal is complete; now the largest files have no room.
    let sizes = (0..FILES).map(|n| contents(n, "new").len() as u64);
    let blocks = (sizes.clone().max().unwrap() - 1) / 512;
    let fitting = sizes.filter(|size| *size <= blocks * 512).count();
    assert!(0 < fitting && fitting < FILES);
    let output = limited(blocks, &command("resume", &ground)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert_eq!(text.matches("cannot write its new contents").count(), FILES - fitting, "{text}");
    assert_eq!(new_files(&ground, false), fitting);
    assert_eq!(ground.states(), [RunState::Finished]);
    ground.undo(None);
    assert_eq!(new_files(&ground, false), 0);
}

/// `command` by a person without privileges, if this process has any, to whom
/// everything in the ground is given.
fn unprivileged(role: &str, ground: &Ground, programs: &Path) -> Command {
    let command = command(role, ground);
    if tempfile::tempfile().unwrap().metadata().unwrap().uid() != 0 {
        return command;
    }
    const NOBODY: u32 = 65534;
    let give = |path: &Path| std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    let top = ground.dir.path();
    fs::set_permissions(top, fs::Permissions::from_mode(0o755)).unwrap();
    give(top);
    let folders = (0..7).map(|n| ground.path(&format!("pkg{n}"))).chain([ground.tree()]);
    folders.chain(ground.snapshot().into_keys()).for_each(|path| give(&path));
    // The build's folder may be closed to others.
    fs::set_permissions(programs, fs::Permissions::from_mode(0o755)).unwrap();
    let program = programs.join("child");
    fs::copy(command.get_program(), &program).unwrap();
    let mut copy = Command::new(program);
    copy.args(command.get_args()).uid(NOBODY).gid(NOBODY).current_dir(top);
    copy.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    copy.stdout(Stdio::piped()).stderr(Stdio::null());
    copy
}

#[test]
fn a_closed_directory_fails_its_files_alone() {
    let ground = ground();
    let closed = ground.path("pkg3");
    let set = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    let inside = (0..FILES).filter(|n| n % 7 == 3).count();
    let programs = tempfile::tempdir().unwrap();
    set(0o555);
    let output = unprivileged("write", &ground, programs.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let failures: Vec<_> = text.lines().filter(|line| line.starts_with("failed: ")).collect();
    assert_eq!(failures.len(), inside, "{text}");
    for failure in failures {
        assert!(failure.contains("/pkg3/f"), "{failure}");
        assert!(failure.contains("denied") && failure.contains("directory writable"), "{failure}");
    }
    assert_eq!(new_files(&ground, false), FILES - inside);
    assert_eq!(ground.states(), [RunState::Finished]);

    // Undo, refused in another directory, is finished when that is open again.
    set(0o755);
    let closed = ground.path("pkg4");
    let set = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    let inside = (0..FILES).filter(|n| n % 7 == 4).count();
    set(0o555);
    assert!(unprivileged("undo", &ground, programs.path()).status().unwrap().success());
    assert_eq!(new_files(&ground, false), inside);
    assert_eq!(ground.states(), [RunState::PartlyUndone { left: inside }]);
    set(0o755);
    assert!(unprivileged("undo", &ground, programs.path()).status().unwrap().success());
    assert_eq!(new_files(&ground, false), 0);
    assert_eq!(ground.states(), [RunState::Undone]);
}

#[test]
fn the_journal_stands_in_the_state_folder_of_the_platform() {
    let ground = ground();
    let mut command = command("write", &ground);
    command.env_remove("STORE_STATE").env("XDG_STATE_HOME", ground.state());
    assert!(command.status().unwrap().success());
    assert_eq!(ground.states(), [RunState::Finished]);
    assert!(ground.journal(1).starts_with(ground.state().join("gomend")));
    assert_eq!(new_files(&ground, false), FILES);
}

#[test]
fn an_error_names_the_file_the_cause_and_the_remedy() {
    let path = PathBuf::from("pkg/a.go");
    for (kind, remedy) in [
        (io::ErrorKind::StorageFull, "free space"),
        (io::ErrorKind::PermissionDenied, "directory writable"),
        (io::ErrorKind::FileTooLarge, "ulimit -f"),
        (io::ErrorKind::ReadOnlyFilesystem, "file system writable"),
    ] {
        let cause = io::Error::from(kind);
        let (said, doing) = (cause.to_string(), "write its new contents");
        let text = FileError::Io { path: path.clone(), doing, cause }.to_string();
        assert!(text.contains("pkg/a.go") && text.contains(&said) && text.contains(remedy), "{text}");
    }
}
