//! Whether the result of a match matches again: tried on the text that comes of it, where
//! conditions decide.

use super::compile::Patch;
use super::condition::{ConditionFailure, ConditionKind, ConditionTexts};
use super::guards::TYPE_UNKNOWN;
use super::matcher::{Matcher, PatternMatch};
use super::side::Side;
use crate::model::GoVersion;
use crate::model::module::Timers;
use crate::model::package::Package;
use crate::model::program::PackageFiles;
use crate::rewrite::{Cx, Fix, Surroundings};
use crate::syntax::{File, Kind, Node};
use crate::text::Span;
use std::path::PathBuf;
use std::sync::Arc;

/// The surroundings of a file as a fix leaves it: nobody is asked for types.
struct FixedFile<'a> {
    around: &'a dyn Surroundings,
    package: Package,
}

impl Surroundings for FixedFile<'_> {
    fn package(&self) -> &Package {
        &self.package
    }

    fn go(&self) -> Option<GoVersion> {
        self.around.go()
    }

    fn timers(&self) -> Timers {
        self.around.timers()
    }

    fn collector_switched_off(&self) -> Option<String> {
        self.around.collector_switched_off()
    }

    fn out_of_reach(&self, file: &File) -> Option<String> {
        self.around.out_of_reach(file)
    }

    fn used_elsewhere(&self, word: &str) -> Option<String> {
        self.around.used_elsewhere(word)
    }

    fn path_in_module(&self) -> Option<String> {
        self.around.path_in_module()
    }

    fn imported(&self, path: &str) -> Option<(PathBuf, PackageFiles)> {
        self.around.imported(path)
    }
}

/// Whether the patch, one of those with conditions that could match what they write, matches
/// what `fix` writes at `site`.
pub fn repeats(patch: &Patch, old: &Side, parts: &[Patch], fix: &Fix, site: Node<'_>, cx: &Cx<'_>) -> bool {
    let Some(own) = fix.files().get(cx.file.path()) else { return false };
    let text = own.edits.apply(cx.file.text());
    let Some(written) = own
        .edits
        .iter()
        .map(|edit| edit.span)
        .reduce(|a, b| Span::new(a.start.min(b.start), a.end.max(b.end)))
    else {
        return false;
    };
    let grown = text.len() as isize - cx.file.text().len() as isize;
    let start = written.start.min(site.start());
    let end = written.end.max(site.end()).saturating_add_signed(grown);
    let file = Arc::new(File::new(cx.file.path(), text));
    let others = cx.package().files().filter(|other| other.path() != file.path());
    let package = Package::new(others.chain([&file]).cloned().collect());
    let around = FixedFile { around: cx.around, package };
    let after = Cx { file: &file, around: &around };
    let holds = |found: &PatternMatch<'_>, first: Node<'_>| {
        let asked = ConditionKind { patch, found, site: first, start: first, parts, cx: &after };
        patch.conditions.iter().all(|condition| {
            match condition.holds(&asked, &mut ConditionTexts::new()) {
                Ok(()) => true,
                // What was known before may be known again.
                Err(ConditionFailure::Kept(guard, _)) => guard == TYPE_UNKNOWN,
                Err(ConditionFailure::NoMatch) => false,
            }
        })
    };
    let near = |node: Node<'_>| node.start() < end.max(start + 1) && node.end() > start;
    let roots = old.roots();
    for index in 0..file.outline().decls.len() {
        let Some(root) = file.decl(index).filter(|root| near(*root)) else { continue };
        let mut matcher = Matcher::new(patch, &around.package);
        for node in root.descendants().filter(|node| near(*node)) {
            if let [root] = roots.as_slice() {
                if let Some(found) = matcher.whole(*root, node)
                    && holds(&found, node)
                {
                    return true;
                }
            } else if node.kind() == Kind::StatementList {
                let statements: Vec<Node<'_>> = node.named().collect();
                for (at, first) in statements.iter().enumerate().filter(|(_, first)| near(**first)) {
                    if let Some((found, _)) = matcher.run(&roots, &statements[at..])
                        && holds(&found, *first)
                    {
                        return true;
                    }
                }
            }
        }
    }
    false
}
