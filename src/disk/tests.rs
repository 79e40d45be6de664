//! A record stands as long as every answer is the same, and no longer.

use super::*;
use std::os::unix::fs::symlink;
use std::thread::sleep;
use std::time::Duration;

/// Longer than the tick after which a stamp is trusted.
const SETTLED: Duration = Duration::from_millis(130);

struct TempDisk(tempfile::TempDir);

impl TempDisk {
    /// `dir/a.go`, `dir/b.txt`, `dir/link -> a.go`, `dir/lost -> gone`.
    fn new() -> TempDisk {
        let ground = TempDisk(tempfile::tempdir().unwrap());
        fs::create_dir(ground.at("dir")).unwrap();
        fs::write(ground.at("dir/a.go"), "one").unwrap();
        fs::write(ground.at("dir/b.txt"), "one").unwrap();
        symlink("a.go", ground.at("dir/link")).unwrap();
        symlink("gone", ground.at("dir/lost")).unwrap();
        ground
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// The record of `ask`, as it is read from a file.
    fn record(&self, disk: &Disk, ask: impl Fn(&Disk, &TempDisk)) -> Snapshot {
        ask(disk, self);
        let bytes = postcard::to_stdvec(&disk.seal().unwrap()).unwrap();
        postcard::from_bytes(&bytes).unwrap()
    }
}

type Ask = fn(&Disk, &TempDisk);
type DiskEdit = fn(&TempDisk);

const ASKS: [(&str, Ask); 9] = [
    ("read", |disk, ground| drop(disk.read(&ground.at("dir/a.go")))),
    ("list", |disk, ground| drop(disk.read_dir(&ground.at("dir")))),
    ("will list", |disk, ground| disk.will_list(&ground.at("dir"))),
    ("is file", |disk, ground| assert!(!disk.is_file(&ground.at("dir/lost")))),
    ("is there", |disk, ground| drop(disk.symlink_metadata(&ground.at("dir/new")))),
    ("where", |disk, ground| drop(disk.canonicalize(&ground.at("dir/link")))),
    ("link", |disk, ground| drop(disk.read_link(&ground.at("dir/lost")))),
    // What is asked of names in a directory that is listed, too.
    ("list, read", |disk, ground| {
        drop(disk.read_dir(&ground.at("dir")));
        drop(disk.read(&ground.at("dir/lost")));
        drop(disk.read(&ground.at("dir/new")));
    }),
    ("read text", |disk, ground| drop(disk.read_to_string(&ground.at("dir/b.txt")))),
];

/// Edits with the asks whose answers they change.
const EDITS: [(&str, DiskEdit, &[&str]); 9] = [
    ("nothing", |_| {}, &[]),
    ("a content", |ground| fs::write(ground.at("dir/a.go"), "two").unwrap(), &["read"]),
    ("a text", |ground| fs::write(ground.at("dir/b.txt"), "three").unwrap(), &["read text"]),
    (
        "a new file",
        |ground| fs::write(ground.at("dir/new"), "").unwrap(),
        &["list", "will list", "is there", "list, read"],
    ),
    (
        "the end of a dangling link",
        |ground| fs::write(ground.at("dir/gone"), "").unwrap(),
        &["list", "will list", "is file", "list, read"],
    ),
    (
        "another target",
        |ground| {
            fs::remove_file(ground.at("dir/link")).unwrap();
            symlink("b.txt", ground.at("dir/link")).unwrap();
        },
        &["where"],
    ),
    (
        "another lost target",
        |ground| {
            fs::remove_file(ground.at("dir/lost")).unwrap();
            symlink("nowhere", ground.at("dir/lost")).unwrap();
        },
        &["link"],
    ),
    (
        "a directory for a file",
        |ground| {
            fs::remove_file(ground.at("dir/b.txt")).unwrap();
            fs::create_dir(ground.at("dir/b.txt")).unwrap();
        },
        &["list", "will list", "list, read", "read text"],
    ),
    (
        "no directory",
        |ground| fs::remove_dir_all(ground.at("dir")).unwrap(),
        &["read", "list", "will list", "where", "link", "list, read", "read text"],
    ),
];

#[test]
fn every_edit_changes_the_answers_that_it_changes() {
    for wait in [SETTLED, Duration::ZERO] {
        for (edited, edit, changes) in EDITS {
            for (asked, ask) in ASKS {
                let ground = TempDisk::new();
                sleep(wait);
                let mut record = ground.record(&Disk::recording(), ask);
                assert_eq!(record.compare(2), Freshness::Same, "{asked}");
                edit(&ground);
                let standing = record.compare(2);
                let changed = matches!(standing, Freshness::Changed(_));
                // That only the stamps changed is not always known.
                let must = changes.contains(&asked);
                let may = wait == SETTLED && asked == "will list";
                assert!(changed == must || may && !must, "{edited} after {wait:?}, {asked}: {standing:?}");
            }
        }
    }
}

#[test]
fn contents_count_where_stamps_differ() {
    let ground = TempDisk::new();
    sleep(SETTLED);
    let touch = || {
        for name in ["dir/a.go", "dir/b.txt"] {
            let bytes = fs::read(ground.at(name)).unwrap();
            fs::remove_file(ground.at(name)).unwrap();
            fs::write(ground.at(name), bytes).unwrap();
        }
        sleep(SETTLED);
    };
    let ask: Ask = |disk, ground| {
        disk.will_list(&ground.at("dir"));
        drop(disk.read(&ground.at("dir/a.go")));
        drop(disk.read(&ground.at("dir/b.txt")));
    };
    let mut old = ground.record(&Disk::recording(), ask);
    touch();
    let Freshness::Changed(doubts) = old.compare(1) else { panic!("Go is not hashed at first") };
    let names = ["dir", "dir/a.go", "dir/b.txt"];
    assert_eq!(doubts, names.map(|name| ground.at(name)).into());
    let doubting = Disk::recording();
    doubting.doubt(doubts);
    let mut record = ground.record(&doubting, ask);
    touch();
    assert_eq!(record.compare(1), Freshness::Restamped);
    assert_eq!(record.compare(1), Freshness::Same);
    // Who looks again need not hash again.
    let mut next = ground.record(&Disk::recording(), ask);
    next.learn(&record);
    touch();
    assert_eq!(next.compare(1), Freshness::Restamped);
    fs::write(ground.at("dir/a.go"), "two").unwrap();
    assert!(matches!(next.compare(1), Freshness::Changed(_)));
}

#[test]
fn what_cannot_be_told_again_is_not_recorded() {
    let ground = TempDisk::new();
    symlink("round", ground.at("round")).unwrap();
    let disk = Disk::recording();
    disk.canonicalize(&ground.at("round")).unwrap_err();
    assert_eq!(disk.seal(), None, "an error that is no absence");

    let disk = Disk::recording();
    disk.read(&ground.at("dir/a.go")).unwrap();
    fs::write(ground.at("dir/a.go"), "and more").unwrap();
    disk.read(&ground.at("dir/a.go")).unwrap();
    assert_eq!(disk.seal(), None, "two answers to one question");

    assert_eq!(Disk::default().seal(), None);
}
