//! Proof by a command of the user's own, for trees that go alone does not
//! build: it runs over a copy of the tree that holds the rewritten files.

use super::ProofProgress;
use super::bisect::{Bisect, Trouble, play};
use super::mirror::Mirror;
use super::resolve::{LOST, Refused};
use super::session::ProofSession;
use super::toolchain::{CommandSetting, Whose};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Lines of what a command prints that are shown.
const LAST: usize = 12;
/// Bytes of the packages or files that one call is given.
const ARGUMENT_BYTES: usize = if cfg!(windows) { 24 << 10 } else { 96 << 10 };

/// The user's command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCommand {
    /// Program and arguments; see [`UserCommand::parse`].
    words: Vec<String>,
    /// The tree that is copied.
    root: PathBuf,
    /// Where in the tree it runs.
    dir: PathBuf,
    /// Where copies are kept.
    copies: PathBuf,
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
    fn call(&self, files: &[&Path]) -> Vec<OsString> {
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
    fn parts<'f>(&self, files: &[&'f Path]) -> Vec<Vec<&'f Path>> {
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

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) refused: Refused,
    /// Why the others are unproved, if they are.
    pub(super) silent: Option<String>,
    /// Fixes in files that are not in the tree.
    pub(super) outside: BTreeSet<usize>,
}

/// Runs the command until what is left of the fixes passes.
pub(super) fn judge(session: &ProofSession<'_>, command: &UserCommand, mut refused: Refused) -> Judged {
    let mut judged = Judged::default();
    match Court::open(session, command).and_then(|mut court| court.resolve(&mut refused)) {
        Ok(()) => {}
        Err(why) => judged.silent = Some(why),
    }
    judged.outside = session
        .fixes
        .iter()
        .filter(|(_, files)| files.iter().any(|file| !file.starts_with(&command.root)))
        .map(|(&id, _)| id)
        .collect();
    judged.refused = refused;
    judged
}

struct Court<'c> {
    session: &'c ProofSession<'c>,
    command: &'c UserCommand,
    mirror: Mirror,
    /// What was written into the copy.
    written: BTreeMap<PathBuf, Vec<u8>>,
}

impl<'c> Court<'c> {
    fn open(session: &'c ProofSession<'c>, command: &'c UserCommand) -> Result<Court<'c>, String> {
        let mirror = Mirror::open(&command.root, &command.copies)?;
        Ok(Court { session, command, mirror, written: BTreeMap::new() })
    }

    fn resolve(&mut self, refused: &mut Refused) -> Result<(), String> {
        loop {
            let held: BTreeSet<usize> = refused.keys().copied().collect();
            let files = self.session.render(&held)?;
            refused
                .extend(files.lost.iter().filter(|id| !held.contains(id)).map(|&id| (id, LOST.to_owned())));
            let Some(words) = self.ask(&held)? else { return Ok(()) };
            let all = self.session.editors(self.session.edited(), &held);
            if let Some(words) = self.ask(&self.session.fixes.keys().copied().collect())? {
                return Err(format!("the command fails without the fixes too:\n{words}"));
            }
            (self.session.progress)(ProofProgress::Searching {
                module: self.command.root.clone(),
                packages: 1,
            });
            let before = refused.len();
            let mut bisects = [Bisect::new(vec![all.clone()], 0, words.clone().into())];
            // An error has ended the bisect; the next turn will meet it again.
            let _ = play(&mut bisects, &held, |asking, held| {
                let answer = self.ask(held)?.map(Trouble::from);
                Ok(asking.iter().map(|_| answer.clone()).collect())
            });
            let [bisect] = bisects;
            for (id, words) in bisect.at_fault {
                refused.entry(id).or_insert(words);
            }
            if refused.len() == before {
                refused.extend(all.into_iter().map(|id| (id, words.clone())));
                return Ok(());
            }
        }
    }

    /// What the command says when these fixes are held back; `None` when it
    /// succeeds.
    fn ask(&mut self, held: &BTreeSet<usize>) -> Result<Option<String>, String> {
        let files = self.session.render(held)?;
        self.mirror
            .set(&files.bytes, &mut self.written)
            .map_err(|error| format!("the copy of the tree cannot be written: {error}"))?;
        let dir = self.mirror.place(&self.command.dir);
        let setting = CommandSetting { whose: Whose::User, ..CommandSetting::plain(&dir) };
        // Always the same packages, whatever is held back.
        let edited: BTreeSet<&Path> = self.session.edited().filter(|file| self.mirror.holds(file)).collect();
        let edited: Vec<&Path> = edited.into_iter().collect();
        for part in self.command.parts(&edited) {
            let words = self.command.call(&part);
            let Some((program, args)) = words.split_first() else { continue };
            let args: Vec<&OsStr> = args.iter().map(OsString::as_os_str).collect();
            let output =
                self.session.toolchain.call(program, setting, &args).map_err(|error| error.to_string())?;
            if !output.success {
                let copy = self.mirror.place(&self.command.root);
                let text = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), output.stderr);
                let text = text.replace(&*copy.to_string_lossy(), &self.command.root.to_string_lossy());
                let lines: Vec<&str> =
                    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
                let last = &lines[lines.len().saturating_sub(LAST)..];
                let said = if last.is_empty() { "it says nothing".to_owned() } else { last.join("\n") };
                return Ok(Some(format!("`{}` fails: {said}", self.command.line())));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str, files: &[&str]) -> Vec<String> {
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
