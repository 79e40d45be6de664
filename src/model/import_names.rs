//! The names under which an import may be used.

use crate::syntax::Import;

/// Whether `import` puts `name` into the file's scope. Without the package's
/// source its name can only be guessed from the path, so every customary
/// guess counts.
pub fn may_be_named(import: &Import, name: &str) -> bool {
    match &import.name {
        Some(alias) => alias.text == name && name != "_" && name != ".",
        None => is_default_name(name, &import.path),
    }
}

/// All names that [`may_be_named`] says yes to.
pub fn names_of(import: &Import) -> Vec<&str> {
    match &import.name {
        Some(alias) if alias.text == "_" || alias.text == "." => Vec::new(),
        Some(alias) => vec![&alias.text],
        None => std::iter::once(import.path.as_str()).chain(default_names(&import.path)).collect(),
    }
}

/// The name under which the package is called when it is imported without one:
/// the last element of the path, with version suffixes and the customary `go`
/// prefix or suffix also left off, most likely name first.
pub fn default_names(path: &str) -> impl Iterator<Item = &str> {
    let mut elements = path.rsplit('/');
    let last = elements.next().unwrap_or(path);
    let major = last
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let base = if major { elements.next().unwrap_or(last) } else { last };
    // Some hosts write the name of a repository with its suffix.
    let base = base.strip_suffix(".git").unwrap_or(base);
    let unversioned = base.split_once(".v").map_or(base, |(name, _)| name);
    let bare = unversioned
        .strip_prefix("go-")
        .or_else(|| unversioned.strip_prefix("go."))
        .or_else(|| unversioned.strip_suffix("-go"))
        .or_else(|| unversioned.strip_suffix(".go"))
        .unwrap_or(unversioned);
    let tail = bare.rsplit(['-', '.']).next().unwrap_or(bare);
    let mut guesses = vec![unversioned, bare, tail, base, last];
    let mut kept: Vec<&str> = Vec::new();
    guesses.retain(|guess| {
        let fresh = !kept.contains(guess);
        kept.push(guess);
        fresh
    });
    guesses.into_iter()
}

/// Whether a package with this import path may be called `name`.
pub fn is_default_name(name: &str, path: &str) -> bool {
    path == name || (path.contains(name) && default_names(path).any(|guess| guess == name))
}

/// A module path or a version as the module cache spells it: `!x` for each `X`, as file systems
/// that know no case need it.
pub fn in_module_cache(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
