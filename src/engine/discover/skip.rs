//! Why a file or directory that was wanted is not looked at.

use crate::engine::policy::closest;
use crate::rewrite::Skipped;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A default skip that `--include` lifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `_test.go` files, for the rules that leave them out.
    Tests,
    /// Files with the `// Code generated … DO NOT EDIT.` line.
    Generated,
    /// Directories called `vendor`.
    Vendor,
    /// Directories called `testdata`.
    Testdata,
    /// Directories called `third_party`.
    ThirdParty,
    /// Repositories that this one holds as submodules.
    Submodules,
    /// What git ignores, and what the go command ignores for its name.
    Ignored,
}

impl FileKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [FileKind; 7] = [
        FileKind::Tests,
        FileKind::Generated,
        FileKind::Vendor,
        FileKind::Testdata,
        FileKind::ThirdParty,
        FileKind::Submodules,
        FileKind::Ignored,
    ];

    /// The word that `--include` takes.
    pub fn word(self) -> &'static str {
        match self {
            FileKind::Tests => "tests",
            FileKind::Generated => "generated",
            FileKind::Vendor => "vendor",
            FileKind::Testdata => "testdata",
            FileKind::ThirdParty => "third_party",
            FileKind::Submodules => "submodules",
            FileKind::Ignored => "ignored",
        }
    }
}

/// A word that `--include` does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--include does not know `{word}`; {remedy}")]
pub struct UnknownKind {
    word: String,
    remedy: String,
}

impl FromStr for FileKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<FileKind, UnknownKind> {
        FileKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            let words = FileKind::ALL.map(FileKind::word);
            let remedy = match closest(word, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it takes {}", words.join(", ")),
            };
            UnknownKind { word: word.to_string(), remedy }
        })
    }
}

/// The kinds that a run includes.
pub type Include = BTreeSet<FileKind>;

/// Why something was wanted and is not looked at. Its text is the `reason` of
/// every report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A directory of a default skip.
    Default(FileKind),
    /// The name starts with `.` or `_`, so the go command passes it by.
    Name,
    /// A `.git` or the like: no one wants what is in it.
    VersionControl,
    /// Ignored by the patterns of this file.
    Ignored(String),
    /// Excluded, in the policy's words.
    Excluded(String),
    /// A link to a directory.
    DirectoryLink,
    /// A link to a file outside of the root.
    LinkOutside(String),
    /// A link to something that is no `.go` file.
    LinkNotGo(String),
    /// A link to a file that is itself skipped.
    LinkToSkipped(String, Box<Why>),
    /// A link whose target does not exist, or that leads round in a circle.
    DanglingLink(String),
    /// A pipe, socket or device.
    NotRegular,
    /// Named by the user, and not Go.
    NotGo,
    /// Its name cannot be written in a report or a plan.
    NameNotUtf8,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Default(kind) => {
                let what = match kind {
                    FileKind::Tests => "test code",
                    FileKind::Generated => "generated",
                    FileKind::Vendor => "vendored code",
                    FileKind::Testdata => "test data",
                    FileKind::ThirdParty => "third-party code",
                    FileKind::Submodules => "a submodule",
                    FileKind::Ignored => "ignored",
                };
                write!(f, "{what}; --include {}", kind.word())
            }
            Why::Name => {
                write!(f, "the go command ignores names that start with `_` or `.`; --include ignored")
            }
            Why::VersionControl => write!(f, "belongs to the version control system"),
            Why::Ignored(file) => write!(f, "ignored by {file}; --include ignored"),
            Why::Excluded(reason) => write!(f, "{reason}"),
            Why::DirectoryLink => write!(f, "a link to a directory; links are not followed"),
            Why::LinkOutside(target) => write!(f, "a link to {target}, outside of the root"),
            Why::LinkNotGo(target) => write!(f, "a link to {target}, which is not a .go file"),
            Why::LinkToSkipped(target, why) => write!(f, "a link to {target}, which is skipped: {why}"),
            Why::DanglingLink(target) => write!(f, "a link to {target}, which does not exist"),
            Why::NotRegular => write!(f, "not a regular file"),
            Why::NotGo => write!(f, "not a .go file"),
            Why::NameNotUtf8 => write!(f, "its name is not UTF-8; rename it"),
        }
    }
}

/// One file, or one directory with all that is in it, that is not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Relative to the working directory where it lies below it, always with
    /// `/`; a directory ends in `/`.
    pub path: Arc<str>,
    /// The reason.
    pub why: Why,
}

impl From<Skip> for Skipped {
    fn from(skip: Skip) -> Skipped {
        Skipped { path: skip.path, reason: skip.why.to_string() }
    }
}
