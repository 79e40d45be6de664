//! The command of the user's own that has the last word, and what each call of it says.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Bytes of the packages or files that one call is given.
const ARGUMENT_BYTES: usize = if cfg!(windows) { 24 << 10 } else { 96 << 10 };

/// The user's command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCommand {
    /// Program and arguments; see [`UserCommand::parse`].
    pub(super) words: Vec<String>,
    /// The tree that is copied.
    pub(super) root: PathBuf,
    /// Where in the tree it runs.
    pub(super) dir: PathBuf,
    /// Where copies are kept.
    pub(super) copies: PathBuf,
}

/// What the words stand for.
const PACKAGES: &str = "{packages}";

const FILES: &str = "{files}";

impl UserCommand {
    /// Splits a line into words and takes quotes away as a shell does; no shell
    /// is started.
    ///
    /// # Errors
    /// A sentence, when the line is empty or a quote stays open.
    pub fn parse(line: &str) -> Result<UserCommand, String> {
        let words = shlex::split(line).ok_or("a quote in it is never closed")?;
        if words.is_empty() {
            return Err("there is no command in it".to_owned());
        }
        Ok(UserCommand { words, ..UserCommand::default() })
    }

    /// The same command in this tree, run in this directory of it, with copies
    /// kept there.
    #[must_use]
    pub fn within(self, root: PathBuf, dir: PathBuf, copies: PathBuf) -> UserCommand {
        UserCommand { root, dir, copies, ..self }
    }

    /// The command as a line.
    pub fn line(&self) -> String {
        self.words.join(" ")
    }

    /// The words of one call for these files, with paths from the root on.
    pub(super) fn call(&self, files: &[&Path]) -> Vec<OsString> {
        let slashed = |path: &Path| {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            parts.join("/")
        };
        let below = |file: &Path| file.strip_prefix(&self.root).unwrap_or(file).to_path_buf();
        let packages: BTreeSet<String> =
            files.iter().filter_map(|file| below(file).parent().map(slashed)).collect();
        let files: BTreeSet<String> = files.iter().map(|file| slashed(&below(file))).collect();
        let mut call = Vec::new();
        for word in &self.words {
            let (mark, all) = match word.contains(PACKAGES) {
                true => (PACKAGES, &packages),
                false => (FILES, &files),
            };
            if !word.contains(mark) {
                call.push(word.into());
            } else if word.contains(char::is_whitespace) {
                // A line for a shell: all of them in it.
                let quoted: Vec<String> = all.iter().map(|one| quoted(one)).collect();
                call.push(word.replace(mark, &quoted.join(" ")).into());
            } else {
                call.extend(all.iter().map(|one| OsString::from(filled(word, mark, one))));
            }
        }
        call
    }

    /// The files in as many parts as there are to be calls.
    pub(super) fn parts<'f>(&self, files: &[&'f Path]) -> Vec<Vec<&'f Path>> {
        let many = self.words.iter().any(|word| word.contains(PACKAGES) || word.contains(FILES));
        let mut parts: Vec<Vec<&Path>> = vec![Vec::new()];
        let mut bytes = 0;
        for file in files {
            bytes += file.as_os_str().len() + 32;
            if many && bytes > ARGUMENT_BYTES {
                parts.push(Vec::new());
                bytes = file.as_os_str().len() + 32;
            }
            parts.last_mut().expect("there is one").push(file);
        }
        parts
    }
}

/// `//{packages}:all` with the package put in; the one of the root has no name,
/// and is `.` where that would leave an empty word.
fn filled(word: &str, mark: &str, one: &str) -> String {
    if !one.is_empty() {
        return word.replace(mark, one);
    }
    let text = word.replace(&format!("{mark}/"), "").replace(mark, "");
    if text.is_empty() || text.ends_with("./") { format!("{text}.") } else { text }
}

fn quoted(text: &str) -> String {
    let text = if text.is_empty() { "." } else { text };
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn call(line: &str, files: &[&str]) -> Vec<String> {
        let root = PathBuf::from("/r");
        let command = UserCommand::parse(line).unwrap().within(root.clone(), root, "/c".into());
        let files: Vec<PathBuf> = files.iter().map(|file| Path::new("/r").join(file)).collect();
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        command.call(&files).into_iter().map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn each_package_fills_the_word_that_asks_for_it() {
        let files = ["x.go", "a/b/y.go", "a/b/z.go"];
        assert_eq!(call("bazel build //{packages}:all", &files), ["bazel", "build", "//:all", "//a/b:all"]);
        assert_eq!(call("buck2 build //{packages}/...", &files), ["buck2", "build", "//...", "//a/b/..."]);
        assert_eq!(call("go vet ./{packages}", &files), ["go", "vet", "./.", "./a/b"]);
        assert_eq!(call("ls {packages} {files}", &files), ["ls", ".", "a/b", "a/b/y.go", "a/b/z.go", "x.go"]);
        assert_eq!(call("sh -c 'ls {packages} | wc'", &files), ["sh", "-c", "ls '.' 'a/b' | wc"]);
        assert_eq!(call(r#"echo "a b" c\ d '' "#, &files), ["echo", "a b", "c d", ""]);
        assert!(UserCommand::parse("echo 'open").unwrap_err().contains("never closed"));
        assert!(UserCommand::parse("  ").is_err());
    }
}
