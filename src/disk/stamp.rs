//! What the system says of a file without reading it, and when that is enough to
//! know that its content is the same.

use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::time::SystemTime;

/// How long before the beginning of a run a file must have been left alone, in
/// nanoseconds: a change in the same tick of the file system's clock leaves the
/// times as they are, and ticks last 10 milliseconds at most where times have
/// fractions of a second.
const TICK: i64 = 100_000_000;
/// The same where times are in whole seconds, or in two (FAT).
const COARSE_TICK: i64 = 3_000_000_000;

/// Size, times and number of a file: another content comes with another stamp,
/// unless it came within one tick of the clock. The time of the last change of
/// the file's entry (`ctime`) is among them, which no program can set back.
///
/// What the system does not tell, a stamp does not know: a page of a file mapped
/// into memory that is written a second time before the system has stored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// In bytes.
    size: u64,
    /// When the content changed, in nanoseconds since 1970.
    modified: i64,
    /// When content, mode, owner or links changed, in nanoseconds since 1970.
    changed: i64,
    /// The number of the file on its device.
    inode: u64,
}

impl Stamp {
    /// The stamp of the file with this metadata.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Stamp {
            size: metadata.size(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// The stamp of the file with this metadata.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Stamp {
        let modified = metadata.modified().map_or(0, nanos_since_1970);
        Stamp { size: metadata.len(), modified, changed: modified, inode: 0 }
    }

    /// Whether a change after `now` would show in the stamp. Elsewhere than on
    /// Unix never: there, the times can be set back.
    pub fn is_stable(&self, now: SystemTime) -> bool {
        let tick = if self.changed % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
        let latest = self.modified.max(self.changed);
        cfg!(unix) && latest.saturating_add(tick) < nanos_since_1970(now)
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

fn nanos_since_1970(time: SystemTime) -> i64 {
    let nanos = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Duration;

    fn stamp(modified: i64, changed: i64) -> Stamp {
        Stamp { size: 0, modified, changed, inode: 0 }
    }

    #[test]
    fn what_changed_just_now_may_change_again() {
        let second = 1_000_000_000;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        for (modified, changed, stable) in [
            (90 * second + 1, 90 * second + 1, true),
            (1, 99 * second + 950_000_000, false),
            (99 * second + 950_000_000, 90 * second + 1, false),
            (101 * second, 90 * second + 1, false),
            (1, 99 * second + 800_000_000, true),
            // Times without fractions.
            (90 * second, 96 * second, true),
            (90 * second, 98 * second, false),
        ] {
            assert_eq!(stamp(modified, changed).is_stable(now), stable, "{modified} {changed}");
        }
    }

    #[test]
    fn a_time_that_was_set_back_shows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "one").unwrap();
        let before = std::fs::metadata(&path).unwrap();
        std::thread::sleep(Duration::from_millis(30));
        std::fs::write(&path, "two").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
        let after = std::fs::metadata(&path).unwrap();
        assert_eq!(before.modified().unwrap(), after.modified().unwrap());
        assert_ne!(Stamp::of(&before), Stamp::of(&after));
    }
}
