//! Cuts the changes of a run into pieces: by owner, directory, module or rule.

use super::{ChangedText, ChangedTexts, RuleState};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The piece of fixes whose files belong to several others.
pub const SHARED: &str = "shared";

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchPiece {
    /// The owner, directory, module or rule.
    pub key: String,
    /// What it changes.
    pub files: ChangedTexts,
    /// Its fixes, as indices into those that were given.
    pub fixes: Vec<usize>,
}

/// One piece for each key. A fix goes whole into one piece: where its files have
/// different keys, they all go to [`SHARED`], with whatever else changes in them.
pub fn by_place(
    files: &ChangedTexts,
    fixes: &[Vec<PathBuf>],
    key: &dyn Fn(&Path) -> String,
) -> Vec<PatchPiece> {
    let mut keys: BTreeMap<&Path, String> = files.keys().map(|path| (path.as_path(), key(path))).collect();
    let mut fixes_of: HashMap<&Path, Vec<usize>> = HashMap::new();
    for (index, path) in
        fixes.iter().enumerate().flat_map(|(index, fix)| fix.iter().map(move |path| (index, path)))
    {
        fixes_of.entry(path).or_default().push(index);
    }
    // A file that becomes shared takes the other files of its fixes along.
    let mut open: Vec<usize> = (0..fixes.len()).collect();
    while let Some(index) = open.pop() {
        let mut theirs = fixes[index].iter().filter_map(|path| keys.get(path.as_path()));
        let first = theirs.next();
        if theirs.all(|key| Some(key) == first) {
            continue;
        }
        for path in &fixes[index] {
            let Some(key) = keys.get_mut(path.as_path()).filter(|key| *key != SHARED) else { continue };
            *key = SHARED.to_owned();
            open.extend(fixes_of.remove(path.as_path()).into_iter().flatten());
        }
    }
    let mut pieces: BTreeMap<&str, PatchPiece> = BTreeMap::new();
    let empty = |key: &str| PatchPiece { key: key.to_owned(), files: ChangedTexts::new(), fixes: Vec::new() };
    for (path, text) in files {
        let key = keys[path.as_path()].as_str();
        pieces.entry(key).or_insert_with(|| empty(key)).files.insert(path.clone(), text.clone());
    }
    for (index, fix) in fixes.iter().enumerate() {
        let key = fix.iter().find_map(|path| keys.get(path.as_path()));
        if let Some(piece) = key.and_then(|key| pieces.get_mut(key.as_str())) {
            piece.fixes.push(index);
        }
    }
    pieces.into_values().collect()
}

/// One piece for each state, in their order: what it changes of the one before.
pub fn in_steps(states: &[RuleState], before: &BTreeMap<PathBuf, String>) -> Vec<PatchPiece> {
    let mut now: BTreeMap<&Path, &str> =
        before.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect();
    let mut pieces = Vec::new();
    for state in states {
        let mut files = ChangedTexts::new();
        for (path, after) in &state.files {
            let Some(current) = before.contains_key(path).then(|| now.insert(path, after)).flatten() else {
                continue;
            };
            if current != after {
                files.insert(
                    path.clone(),
                    ChangedText { before: current.to_owned(), after: after.to_owned() },
                );
            }
        }
        if !files.is_empty() {
            pieces.push(PatchPiece { key: state.rule.clone(), files, fixes: state.fixes.clone() });
        }
    }
    pieces
}

/// A file name for each piece. Those that share a file with another are numbered: they
/// apply in that order, the others in any.
pub fn names(pieces: &[PatchPiece], extension: &str) -> Vec<String> {
    let mut holders: HashMap<&Path, usize> = HashMap::new();
    for path in pieces.iter().flat_map(|piece| piece.files.keys()) {
        *holders.entry(path).or_default() += 1;
    }
    let shares = |piece: &PatchPiece| piece.files.keys().any(|path| holders[path.as_path()] > 1);
    let width = pieces.len().to_string().len().max(2);
    let mut taken = BTreeSet::new();
    let mut number = 0;
    pieces
        .iter()
        .map(|piece| {
            let mut stem = slug(&piece.key);
            if shares(piece) {
                number += 1;
                stem = format!("{number:0width$}-{stem}");
            }
            let numbered = (2..).map(|n| format!("{stem}-{n}"));
            // File systems that take `A` and `a` for one are common.
            let free =
                std::iter::once(stem.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
            format!("{}.{extension}", free.unwrap_or(stem))
        })
        .collect()
}

/// What of a key may stand in a file name everywhere.
fn slug(key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let text: String = key.chars().map(plain).collect();
    let text = text.trim_matches(['-', '.']);
    if text.is_empty() { "root".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> ChangedTexts {
        names
            .iter()
            .map(|name| (name.into(), ChangedText { before: "a".into(), after: "b".into() }))
            .collect()
    }

    fn keys(pieces: &[PatchPiece]) -> Vec<(&str, Vec<String>, Vec<usize>)> {
        let paths =
            |files: &ChangedTexts| files.keys().filter_map(|path| path.to_str().map(str::to_owned)).collect();
        pieces.iter().map(|piece| (piece.key.as_str(), paths(&piece.files), piece.fixes.clone())).collect()
    }

    #[test]
    fn a_fix_goes_whole_into_one_piece() {
        let files = files(&["x/1", "x/2", "y/1", "y/2", "z/1"]);
        let fixes =
            [vec!["x/1".into()], vec!["x/2".into(), "y/1".into()], vec!["y/2".into()], vec!["z/1".into()]];
        let key = |path: &Path| path.parent().unwrap().to_str().unwrap().to_owned();
        let pieces = by_place(&files, &fixes, &key);
        assert_eq!(
            keys(&pieces),
            [
                ("shared", vec!["x/2".into(), "y/1".into()], vec![1]),
                ("x", vec!["x/1".into()], vec![0]),
                ("y", vec!["y/2".into()], vec![2]),
                ("z", vec!["z/1".into()], vec![3]),
            ]
        );
        let taken_along = [vec!["x/1".into(), "x/2".into()], vec!["x/2".into(), "y/1".into()]];
        let pieces = by_place(&files, &taken_along, &key);
        assert_eq!(pieces[0].key, "shared");
        assert_eq!(pieces[0].fixes, [0, 1]);
        assert_eq!(pieces[0].files.len(), 3);
        assert_eq!(names(&pieces, "patch"), ["shared.patch", "y.patch", "z.patch"]);
    }

    #[test]
    fn a_long_chain_of_fixes_is_followed_in_one_go() {
        let names: Vec<String> = (0..20_000).map(|number| format!("{}/{number}", number % 2)).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let fixes: Vec<Vec<PathBuf>> =
            all.windows(2).map(|two| two.iter().map(PathBuf::from).collect()).collect();
        let pieces = by_place(&files(&all), &fixes, &|path| path.parent().unwrap().display().to_string());
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].fixes.len(), 19_999);
    }

    #[test]
    fn steps_that_share_a_file_are_numbered() {
        let text = |texts: &[(&str, &str)]| -> BTreeMap<PathBuf, String> {
            texts.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect()
        };
        let before = text(&[("a", "0"), ("b", "0"), ("c", "0")]);
        let state = |rule: &str, texts: &[(&str, &str)], fixes: &[usize]| RuleState {
            rule: rule.to_owned(),
            files: text(texts),
            fixes: fixes.to_vec(),
            ..RuleState::default()
        };
        let states = [
            state("one", &[("a", "1")], &[0]),
            state("two", &[("a", "2"), ("b", "2")], &[1]),
            state("three", &[("a", "2"), ("b", "2"), ("c", "3")], &[2]),
            state("none", &[("a", "2"), ("b", "2"), ("c", "3")], &[]),
        ];
        let pieces = in_steps(&states, &before);
        assert_eq!(names(&pieces, "patch"), ["01-one.patch", "02-two.patch", "three.patch"]);
        assert_eq!(pieces[1].files[Path::new("a")], ChangedText { before: "1".into(), after: "2".into() });
        assert_eq!(pieces[1].files[Path::new("b")], ChangedText { before: "0".into(), after: "2".into() });
    }

    #[test]
    fn keys_become_names_of_files() {
        let piece = |key: &str| PatchPiece { key: key.into(), files: ChangedTexts::new(), fixes: vec![] };
        let pieces: Vec<PatchPiece> = ["@org/Team", "@org-team", "", ".", "a b"].map(piece).into();
        assert_eq!(
            names(&pieces, "patch"),
            ["org-Team.patch", "org-team-2.patch", "root.patch", "root-2.patch", "a-b.patch"]
        );
    }
}
