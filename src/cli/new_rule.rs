//! `gomend new`: a rule to begin with.

use super::args::NewArgs;
use super::git;
use super::io::{Io, save};
use super::placed;
use super::rule_source::{FOLDER, root};
use super::setup::working_directory;
use super::{OK, Stop};
use crate::model::module::Modules;
use crate::pattern::{ChangedFile, RuleFile, drafted_patches};
use crate::report::counted::counted;
use anyhow::Context;
use std::path::Path;

/// A rule that runs as it stands.
const TEMPLATE: &str = "\
title: read files with os
level: safe

Say here why, and when not: `gomend explain` shows it.

-- rule.patch --
@@
import \"io/ioutil\"
import \"os\"
var name expr
@@
-ioutil.ReadFile(name)
+os.ReadFile(name)
-- a.in.go --
package p

import \"io/ioutil\"

func read(name string) ([]byte, error) {
	return ioutil.ReadFile(name)
}
-- a.out.go --
package p

import \"os\"

func read(name string) ([]byte, error) {
	return os.ReadFile(name)
}
-- want --
a.in.go:6 safe
";

/// Runs the verb.
pub fn run(args: &NewArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let id = &args.id;
    fits(id)?;
    let cwd = working_directory()?;
    let folder = cwd.join(FOLDER);
    let file = folder.join(format!("{id}.txtar"));
    anyhow::ensure!(!file.exists(), "{FOLDER}/{id}.txtar is there already; name another id");
    std::fs::create_dir_all(&folder).with_context(|| format!("{FOLDER} cannot be made"))?;
    if args.from_diff {
        return drafted(id, &file, &cwd, io);
    }
    save(&file, TEMPLATE.as_bytes())?;
    writeln!(io.stdout, "Wrote {FOLDER}/{id}.txtar; `gomend test {id}` runs its example.")?;
    Ok(OK)
}

/// Writes the rule that does what leads from the last commit to the work tree.
fn drafted(id: &str, file: &Path, cwd: &Path, io: &mut Io<'_>) -> Result<u8, Stop> {
    let top = root(cwd);
    let modules = Modules::default();
    let mut changes = Vec::new();
    for path in git::changed_files(&top)? {
        let old = git::file_at(&top, "HEAD", &path)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let new = std::fs::read_to_string(top.join(&path)).ok();
        let changed = old.zip(new).map(|(before, after)| ChangedFile {
            before,
            after,
            path: top.join(&path).parent().and_then(|directory| placed::import_path(&modules, directory)),
        });
        changes.extend(changed);
    }
    let head = format!("title: {id}\nlevel: unsafe\n\nSay here why, and when not.\n\n-- rule.patch --\n");
    let reads = |patch: &&String| RuleFile::parse(id, "draft.txtar", &format!("{head}{patch}")).is_ok();
    let all = drafted_patches(&changes);
    let patches: Vec<&String> = all.iter().filter(reads).collect();
    anyhow::ensure!(
        !patches.is_empty(),
        "nothing that a patch can say differs from the last commit; make the change once by hand, in a Go file that git knows"
    );
    let text = patches.iter().map(|patch| patch.as_str()).collect::<Vec<_>>().join("\n");
    save(file, format!("{head}{text}").as_bytes())?;
    let count = counted(patches.len(), "patch", "patches");
    writeln!(
        io.stdout,
        "Wrote {FOLDER}/{id}.txtar with {count}; read it, then `gomend fix --unsafe --diff --select own/{id}` shows where else."
    )?;
    Ok(OK)
}

/// Refuses what cannot be the id of a rule.
pub fn fits(id: &str) -> Result<(), Stop> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    anyhow::ensure!(
        !id.is_empty() && id.bytes().all(plain),
        "`{id}` cannot be the id of a rule; use lower-case letters, digits and `-`"
    );
    Ok(())
}
