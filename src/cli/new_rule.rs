//! `gomend new`: a rule to begin with.

use super::args::NewArgs;
use super::catalogue::FOLDER;
use super::io::{Io, save};
use super::setup::working_directory;
use super::{OK, Stop};
use anyhow::Context;

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
    let folder = working_directory()?.join(FOLDER);
    let file = folder.join(format!("{id}.txtar"));
    anyhow::ensure!(!file.exists(), "{FOLDER}/{id}.txtar is there already; name another id");
    std::fs::create_dir_all(&folder).with_context(|| format!("{FOLDER} cannot be made"))?;
    save(&file, TEMPLATE.as_bytes())?;
    writeln!(io.stdout, "Wrote {FOLDER}/{id}.txtar; `gomend test {id}` runs its example.")?;
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
