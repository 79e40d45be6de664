//! Proof by a command of the user's own, for trees that go alone does not
//! build: it runs over a copy of the tree that holds the rewritten files.

use super::ProofProgress;
use super::bisect::{Bisect, Trouble, play};
use super::mirror::Mirror;
use super::resolve::{LOST, Refused};
use super::session::ProofSession;
use super::toolchain::{CommandSetting, Whose};
use super::user_command::UserCommand;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Lines of what a command prints that are shown.
const LAST: usize = 12;
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
