//! A snapshot stands as long as every answer is the same, and no longer.

use super::*;
use std::os::unix::fs::symlink;
use std::thread::sleep;
use std::time::Duration;

/// Longer than the tick after which a stamp is trusted.
const OLD_ENOUGH: Duration = Duration::from_millis(130);

struct TempDisk(tempfile::TempDir);

impl TempDisk {
    /// `dir/a.go`, `dir/b.txt`, `dir/link -> a.go`, `dir/lost -> gone`.
    fn new() -> TempDisk {
        let temp = TempDisk(tempfile::tempdir().unwrap());
        fs::create_dir(temp.at("dir")).unwrap();
        fs::write(temp.at("dir/a.go"), "one").unwrap();
        fs::write(temp.at("dir/b.txt"), "one").unwrap();
        symlink("a.go", temp.at("dir/link")).unwrap();
        symlink("gone", temp.at("dir/lost")).unwrap();
        temp
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// The snapshot of `ask`, as it is read from a file.
    fn snapshot(&self, disk: &Disk, ask: impl Fn(&Disk, &TempDisk)) -> Snapshot {
        ask(disk, self);
        let bytes = postcard::to_stdvec(&disk.seal().unwrap()).unwrap();
        postcard::from_bytes(&bytes).unwrap()
    }
}

type Ask = fn(&Disk, &TempDisk);
type DiskEdit = fn(&TempDisk);

const ASKS: [(&str, Ask); 9] = [
    ("read", |disk, temp| drop(disk.read(&temp.at("dir/a.go")))),
    ("list", |disk, temp| drop(disk.read_dir(&temp.at("dir")))),
    ("will list", |disk, temp| disk.will_list(&temp.at("dir"))),
    ("is file", |disk, temp| assert!(!disk.is_file(&temp.at("dir/lost")))),
    ("is there", |disk, temp| drop(disk.symlink_metadata(&temp.at("dir/new")))),
    ("where", |disk, temp| drop(disk.canonicalize(&temp.at("dir/link")))),
    ("link", |disk, temp| drop(disk.read_link(&temp.at("dir/lost")))),
    // What is asked of names in a directory that is listed, too.
    ("list, read", |disk, temp| {
        drop(disk.read_dir(&temp.at("dir")));
        drop(disk.read(&temp.at("dir/lost")));
        drop(disk.read(&temp.at("dir/new")));
    }),
    ("read text", |disk, temp| drop(disk.read_to_string(&temp.at("dir/b.txt")))),
];

/// Edits with the asks whose answers they change.
const EDITS: [(&str, DiskEdit, &[&str]); 9] = [
    ("nothing", |_| {}, &[]),
    ("a content", |temp| fs::write(temp.at("dir/a.go"), "two").unwrap(), &["read"]),
    ("a text", |temp| fs::write(temp.at("dir/b.txt"), "three").unwrap(), &["read text"]),
    (
        "a new file",
        |temp| fs::write(temp.at("dir/new"), "").unwrap(),
        &["list", "will list", "is there", "list, read"],
    ),
    (
        "the end of a dangling link",
        |temp| fs::write(temp.at("dir/gone"), "").unwrap(),
        &["list", "will list", "is file", "list, read"],
    ),
    (
        "another target",
        |temp| {
            fs::remove_file(temp.at("dir/link")).unwrap();
            symlink("b.txt", temp.at("dir/link")).unwrap();
        },
        &["where"],
    ),
    (
        "another lost target",
        |temp| {
            fs::remove_file(temp.at("dir/lost")).unwrap();
            symlink("nowhere", temp.at("dir/lost")).unwrap();
        },
        &["link"],
    ),
    (
        "a directory for a file",
        |temp| {
            fs::remove_file(temp.at("dir/b.txt")).unwrap();
            fs::create_dir(temp.at("dir/b.txt")).unwrap();
        },
        &["list", "will list", "list, read", "read text"],
    ),
    (
        "no directory",
        |temp| fs::remove_dir_all(temp.at("dir")).unwrap(),
        &["read", "list", "will list", "where", "link", "list, read", "read text"],
    ),
];

#[test]
fn every_edit_changes_the_answers_that_it_changes() {
    for wait in [OLD_ENOUGH, Duration::ZERO] {
        for (edited, edit, changes) in EDITS {
            for (asked, ask) in ASKS {
                let temp = TempDisk::new();
                sleep(wait);
                let mut snapshot = temp.snapshot(&Disk::recording(), ask);
                assert_eq!(snapshot.compare(2), Freshness::Same, "{asked}");
                edit(&temp);
                let freshness = snapshot.compare(2);
                let changed = matches!(freshness, Freshness::Changed(_));
                // That only the stamps changed is not always known.
                let must = changes.contains(&asked);
                let may = wait == OLD_ENOUGH && asked == "will list";
                assert!(changed == must || may && !must, "{edited} after {wait:?}, {asked}: {freshness:?}");
            }
        }
    }
}

#[test]
fn contents_count_where_stamps_differ() {
    let temp = TempDisk::new();
    sleep(OLD_ENOUGH);
    let touch = || {
        for name in ["dir/a.go", "dir/b.txt"] {
            let bytes = fs::read(temp.at(name)).unwrap();
            fs::remove_file(temp.at(name)).unwrap();
            fs::write(temp.at(name), bytes).unwrap();
        }
        sleep(OLD_ENOUGH);
    };
    let ask: Ask = |disk, temp| {
        disk.will_list(&temp.at("dir"));
        drop(disk.read(&temp.at("dir/a.go")));
        drop(disk.read(&temp.at("dir/b.txt")));
    };
    let mut old = temp.snapshot(&Disk::recording(), ask);
    touch();
    let Freshness::Changed(uncertain) = old.compare(1) else { panic!("Go is not hashed at first") };
    let names = ["dir", "dir/a.go", "dir/b.txt"];
    assert_eq!(uncertain, names.map(|name| temp.at(name)).into());
    let doubting = Disk::recording();
    doubting.uncertain(uncertain);
    let mut snapshot = temp.snapshot(&doubting, ask);
    touch();
    assert_eq!(snapshot.compare(1), Freshness::Restamped);
    assert_eq!(snapshot.compare(1), Freshness::Same);
    // Who looks again need not hash again.
    let mut next = temp.snapshot(&Disk::recording(), ask);
    next.learn(&snapshot);
    touch();
    assert_eq!(next.compare(1), Freshness::Restamped);
    fs::write(temp.at("dir/a.go"), "two").unwrap();
    assert!(matches!(next.compare(1), Freshness::Changed(_)));
}

#[test]
fn what_cannot_be_told_again_is_not_recorded() {
    let temp = TempDisk::new();
    symlink("round", temp.at("round")).unwrap();
    let disk = Disk::recording();
    disk.canonicalize(&temp.at("round")).unwrap_err();
    assert_eq!(disk.seal(), None, "an error that is not an absence");

    let disk = Disk::recording();
    disk.read(&temp.at("dir/a.go")).unwrap();
    fs::write(temp.at("dir/a.go"), "and more").unwrap();
    disk.read(&temp.at("dir/a.go")).unwrap();
    assert_eq!(disk.seal(), None, "two answers to one question");

    assert_eq!(Disk::default().seal(), None);
}
