//! Why a rule has no fix at a line: the longest part of a pattern that is there, what was
//! bound, and what failed.

use super::compile::Patch;
use super::matcher::Matcher;
use super::rule::PatchRule;
use super::side::DOTS;
use crate::rewrite::{Applicability, Cx};
use crate::syntax::{Kind, Node};

/// How far a pattern got before it failed.
#[derive(Clone, Debug)]
pub struct ClosestMatch {
    /// How many places of the pattern were met.
    pub met: usize,
    /// What the pattern wanted.
    pub wanted: String,
    /// What was there.
    pub there: String,
    /// The variables that were bound, with what they took.
    pub bound: Vec<(String, String)>,
}

impl PatchRule {
    /// What each patch says of the code on `line`.
    pub(super) fn explained(&self, cx: &Cx<'_>, line: usize) -> Vec<String> {
        let mut said = Vec::new();
        for (index, patch) in self.file().patches.iter().enumerate() {
            if patch.options.calls || patch.old.is_none() {
                continue;
            }
            let name = format!("patch {}", patch.number);
            for sentence in self.of_patch(index, patch, cx, line) {
                said.push(format!("{name}: {sentence}"));
            }
        }
        said
    }

    fn of_patch(&self, index: usize, patch: &Patch, cx: &Cx<'_>, line: usize) -> Vec<String> {
        let Some(old) = &patch.old else { return Vec::new() };
        let roots = old.roots();
        let mut matcher = Matcher::at(patch, cx).explaining();
        let span = cx.file.lines().span(line);
        for root in (0..cx.file.outline().decls.len()).filter_map(|index| cx.file.decl(index)) {
            for node in root.descendants().filter(|node| node.span().overlaps(span)) {
                let found = match roots.as_slice() {
                    [only] => matcher.whole(*only, node).map(|found| (found, node)),
                    _ if node.kind() == Kind::StatementList => {
                        let list: Vec<Node<'_>> = node.named().collect();
                        let mut starts = 0..list.len();
                        starts.find_map(|at| Some((matcher.run(&roots, &list[at..])?.0, list[at])))
                    }
                    _ => None,
                };
                let on_line = |place: usize| cx.file.lines().line(place) == line;
                if let Some((found, start)) =
                    found.filter(|(_, start)| on_line(start.start()) || roots.len() > 1)
                {
                    let unmet = self.unmet(patch, &found, start, cx);
                    return match self.judged(index, found, start, cx) {
                        Some(seen) => vec![verdict_said(&seen)],
                        None => vec![match unmet {
                            Some(words) => format!("it matches, and `{words}` does not hold"),
                            None => "it matches, and what it makes stands there already, or an import that it asks for is missing".to_owned(),
                        }],
                    };
                }
            }
        }
        match matcher.closest() {
            None => vec!["nothing on the line looks like it".to_owned()],
            Some(closest) => {
                let mut said =
                    vec![format!("the pattern wants `{}` where `{}` stands", closest.wanted, closest.there)];
                for (name, text) in &closest.bound {
                    said.push(format!("`{name}` had taken `{text}`"));
                }
                said
            }
        }
    }
}

fn verdict_said(seen: &crate::rewrite::RuleMatch) -> String {
    let verdict = &seen.verdict;
    let guard = verdict.guard().map_or(String::new(), |guard| match verdict.detail() {
        Some(detail) => format!(" by the guard `{guard}` ({detail})"),
        None => format!(" by the guard `{guard}`"),
    });
    match verdict.level() {
        Applicability::Kept => format!("it matches, and is kept{guard}"),
        level => format!("it matches, and is {}{guard}", level.word()),
    }
}

/// A piece of a pattern or of code on one short line.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.replace(DOTS, "...").split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
