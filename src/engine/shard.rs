//! One of several parts of a run, each a set of package directories.

use std::path::Path;
use std::str::FromStr;

/// Part `index` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shard {
    /// Which part.
    pub index: u64,
    /// How many there are.
    pub of: u64,
}

/// A part that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a part of a run; write K/N with K from 1 to N, such as 2/8")]
pub struct NoShard(String);

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Shard, NoShard> {
        let parts =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((index, of)) if (1..=of).contains(&index) => Ok(Shard { index, of }),
            _ => Err(NoShard(text.to_owned())),
        }
    }
}

impl Shard {
    /// Whether the part has the directory of `file`. It hangs on nothing but the
    /// directory's path from `root` on, so it is the same on every machine and
    /// does not move when files come and go.
    pub fn has(self, file: &Path, root: &Path) -> bool {
        let directory = file.parent().unwrap_or(Path::new(""));
        let directory = directory.strip_prefix(root).unwrap_or(directory);
        let mut hasher = blake3::Hasher::new();
        for component in directory.components() {
            hasher.update(component.as_os_str().as_encoded_bytes()).update(b"/");
        }
        let hash = hasher.finalize();
        let first = hash.as_bytes()[..8].try_into().map_or(0, u64::from_le_bytes);
        first % self.of == self.index - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_from_one() {
        assert_eq!("2/8".parse(), Ok(Shard { index: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1", "1/0", "a/b", "-1/2", "1/2/3", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_directory_is_in_one_part() {
        for n in 0..200 {
            let file = format!("/root/pkg{n}/a.go");
            let parts = (1..=7).filter(|index| {
                let shard = Shard { index: *index, of: 7 };
                let other = Path::new("/root").join(format!("pkg{n}/b.go"));
                assert_eq!(
                    shard.has(Path::new(&file), Path::new("/root")),
                    shard.has(&other, Path::new("/root"))
                );
                shard.has(Path::new(&file), Path::new("/root"))
            });
            assert_eq!(parts.count(), 1);
            let there = |root: &str| {
                let file = format!("{root}/pkg{n}/a.go");
                (1..=7).find(|index| Shard { index: *index, of: 7 }.has(Path::new(&file), Path::new(root)))
            };
            assert_eq!(there("/root"), there("/elsewhere/deep"));
        }
    }
}
