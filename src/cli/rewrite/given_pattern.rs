//! A pattern as it is said on the command line, and the rule that says the same.

use super::super::{Stop, tree};
use crate::model::import_names::may_be_named;
use crate::model::standard;
use crate::pattern::RuleFile;
use crate::syntax::File;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A pattern as it is said.
pub(super) struct GivenPattern {
    old: String,
    /// What it becomes; nothing where one only searches.
    pub(super) new: Option<String>,
    imports: BTreeMap<String, String>,
    vars: BTreeMap<String, String>,
    condition: Option<String>,
}

impl GivenPattern {
    /// The pattern, with what the other options say of it.
    pub(super) fn of(
        pattern: &str,
        import: &[String],
        var: &[String],
        condition: Option<&str>,
        cwd: &Path,
        paths: &[PathBuf],
    ) -> Result<GivenPattern, Stop> {
        let (old, new) = match pattern.split_once("->") {
            Some((old, new)) => (old, Some(new)),
            None => (pattern, None),
        };
        if let (None, Some(next)) = (new, paths.first().and_then(|path| path.to_str())) {
            let is_code = next.contains(['(', '"', '$']) && !cwd.join(next).exists();
            anyhow::ensure!(
                next != "-" && !is_code,
                "the change is one word for the shell: gomend rewrite '{} -> NEW'",
                one_line(old)
            );
        }
        let mut vars = BTreeMap::new();
        let old = plain(old.trim(), &mut vars);
        let new = new.map(|new| plain(new.trim(), &mut vars));
        anyhow::ensure!(!old.is_empty(), "nothing stands before the arrow; say what to change: 'OLD -> NEW'");
        for said in var {
            let (name, kind) = said
                .split_once(' ')
                .with_context(|| format!("--var '{said}' has no kind; write --var 'x expr'"))?;
            vars.insert(name.to_owned(), kind.trim().to_owned());
        }
        let mut imports = BTreeMap::new();
        for said in import {
            let (name, path) = match said.split_once('=') {
                Some((name, path)) => (name.to_owned(), path.to_owned()),
                None => {
                    let name = crate::model::import_names::default_names(said).next().unwrap_or(said);
                    (name.to_owned(), said.clone())
                }
            };
            imports.insert(name, path);
        }
        let mut said = format!("{old} {}", new.as_deref().unwrap_or_default());
        for text in vars.values().map(String::as_str).chain(condition) {
            said.push_str(&format!(" {text}"));
        }
        for name in standard::qualifiers(&said) {
            if !imports.contains_key(&name) && !vars.contains_key(&name) {
                let path = path_of(&name, cwd, paths)?;
                imports.insert(name, path);
            }
        }
        Ok(GivenPattern { old, new, imports, vars, condition: condition.map(str::to_owned) })
    }

    /// The rule that says the same.
    fn rule(&self) -> String {
        let title = match &self.new {
            Some(new) => format!("rewrite {} to {}", one_line(&self.old), one_line(new)),
            None => format!("find {}", one_line(&self.old)),
        };
        let mut text = format!("title: {title}\nlevel: safe\n\n-- rule.patch --\n@@\n");
        if self.new.is_none() {
            text = text.replacen("level: safe", "level: advice", 1);
        }
        for (name, path) in &self.imports {
            text.push_str(&format!("import {name} \"{path}\"\n"));
        }
        for (name, kind) in &self.vars {
            text.push_str(&format!("var {name} {kind}\n"));
        }
        if let Some(condition) = &self.condition {
            text.push_str(&format!("where {condition}\n"));
        }
        text.push_str("@@\n");
        for (sign, side) in [("-", Some(&self.old)), ("+", self.new.as_ref())] {
            for line in side.into_iter().flat_map(|side| side.lines()) {
                text.push_str(&format!("{sign}{line}\n"));
            }
        }
        text
    }

    /// The rule, read, with its text. What matches its own result is applied once to each place:
    /// nobody runs it again and again.
    pub(super) fn read(&self) -> Result<(String, RuleFile), Stop> {
        let text = self.rule();
        let read = |text: &str| RuleFile::parse(ID, "pattern.txtar", text);
        match read(&text) {
            Ok(file) => Ok((text, file)),
            Err(error) => {
                let once = text.replacen("\n\n-- rule.patch", "\nonce: yes\n\n-- rule.patch", 1);
                let file = read(&once).map_err(|_| self.error(&error))?;
                Ok((once, file))
            }
        }
    }

    /// The mistakes in the words of the command line, which has no lines.
    fn error(&self, error: &crate::pattern::RuleError) -> Stop {
        let said: Vec<String> = error
            .problems
            .iter()
            .filter(|problem| !problem.warning)
            .map(|problem| match &problem.help {
                // A pattern on the command line has no header.
                Some(help) if !help.contains("header") => format!("{}; {help}", problem.message),
                _ => problem.message.clone(),
            })
            .collect();
        anyhow::anyhow!("the pattern `{}`: {}", one_line(&self.old), said.join("; "))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with plain names for its variables, which are added to `vars`.
fn plain(text: &str, vars: &mut BTreeMap<String, String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    let mut quote: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if let Some(open) = quote {
            let escaped = c == '\\' && open != '`';
            let width = if escaped { rest.chars().take(2).map(char::len_utf8).sum() } else { c.len_utf8() };
            out.push_str(&rest[..width]);
            rest = &rest[width..];
            if c == open {
                quote = None;
            }
            continue;
        }
        if matches!(c, '"' | '`' | '\'') {
            quote = Some(c);
        }
        let (kind, name) = match rest.strip_prefix("$*") {
            Some(name) => (Some("args"), name),
            None => match rest.strip_prefix('$') {
                Some(name) => (Some("expr"), name),
                None => (None, rest),
            },
        };
        let end = name.find(|c| !is_word(c)).unwrap_or(name.len());
        let word = &name[..end];
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let single = word.len() == 1 && word.starts_with(|c: char| c.is_ascii_lowercase());
        let field = out.ends_with('.');
        if let Some(kind) = kind.or((single && !field).then_some("expr")) {
            vars.entry(word.to_owned()).or_insert_with(|| kind.to_owned());
        }
        out.push_str(word);
        rest = &name[end..];
    }
    out
}

/// The import path that a name of the pattern stands for.
fn path_of(name: &str, cwd: &Path, paths: &[PathBuf]) -> Result<String, Stop> {
    let standard: Vec<&str> = standard::called(name);
    if let [path] = standard.as_slice() {
        return Ok((*path).to_owned());
    }
    let used = imported_as(name, cwd, paths);
    let candidates: BTreeSet<String> =
        if used.is_empty() { standard.iter().map(|path| (*path).to_owned()).collect() } else { used };
    let mut all = candidates.into_iter();
    match (all.next(), all.next()) {
        (Some(path), None) => Ok(path),
        (None, _) => anyhow::bail!(
            "no package is called `{name}` here; say its path: --import {name}=PATH, or `${name}` for a variable"
        ),
        (Some(first), Some(second)) => {
            let list: Vec<String> = [first, second].into_iter().chain(all).collect();
            anyhow::bail!("`{name}` may be {}; say which: --import {name}=PATH", list.join(" or "))
        }
    }
}

/// The paths that Go files import under a name.
fn imported_as(name: &str, cwd: &Path, paths: &[PathBuf]) -> BTreeSet<String> {
    let mut roots: Vec<PathBuf> = paths
        .iter()
        .map(|path| cwd.join(path.to_string_lossy().trim_end_matches("...")))
        .filter(|path| path.exists())
        .collect();
    if roots.is_empty() {
        roots.push(cwd.to_owned());
    }
    let mut found = BTreeSet::new();
    for root in roots {
        let all = tree::in_go_files(&root, &|path, text| {
            let file = File::new(path, text);
            let fits = file.imports().iter().filter(|import| may_be_named(import, name));
            let paths: Vec<String> = fits.map(|import| import.path.clone()).collect();
            (!paths.is_empty()).then_some(paths)
        });
        found.extend(all.into_values().flatten());
    }
    found
}

/// The id of a rule that is said on the command line.
pub(super) const ID: &str = "rewrite";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_from_names() {
        let mut vars = BTreeMap::new();
        assert_eq!(plain("f($err, x, $*rest, \"$y z\", t.x)", &mut vars), "f(err, x, rest, \"$y z\", t.x)");
        let kinds: Vec<_> = vars.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        assert_eq!(kinds, ["err expr", "f expr", "rest args", "t expr", "x expr"]);
    }
}
