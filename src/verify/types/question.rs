//! A question about a type, with the text that it is about.

use crate::model::package::Package;
use crate::rewrite::TypeQuestion;
use crate::syntax::File;
use std::path::PathBuf;

/// A question with the file that it is about, as it was when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileQuestion {
    pub(super) path: PathBuf,
    /// The texts of the directory, hashed.
    pub(super) texts: [u8; 32],
    pub(super) question: TypeQuestion,
}

impl FileQuestion {
    pub(super) fn of(file: &File, directory: &Package, question: TypeQuestion) -> FileQuestion {
        FileQuestion { path: file.path().to_owned(), texts: texts(directory), question }
    }
}

/// The texts of the directory, hashed.
fn texts(directory: &Package) -> [u8; 32] {
    directory.remember("the texts of the directory", || {
        let mut hasher = blake3::Hasher::new();
        for file in directory.files() {
            hasher.update(file.path().as_os_str().as_encoded_bytes()).update(b"\0");
            hasher.update(blake3::hash(file.text().as_bytes()).as_bytes());
        }
        *hasher.finalize().as_bytes()
    })
}
