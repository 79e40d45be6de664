//! What the guards say of a match, and its fix.

use super::compile::Patch;
use super::condition::{self, ConditionFailure, ConditionKind, ConditionTexts};
use super::fold;
use super::guards;
use super::import_site::requires;
use super::matcher::{Matcher, PatternMatch};
use super::patch::Sign;
use super::rename::{self, Renamed};
use super::render::ReplacementWriter;
use super::rule::PatchRule;
use super::side::Side;
use super::still_used::still_used;
use super::uses;
use super::{interface_guard, nil_values, repeats};
use crate::rewrite::{Applicability, Cx, Fix, RuleMatch, Verdict, intern};
use crate::syntax::{Kind, Node};
use crate::text::Span;

impl PatchRule {
    /// The level below that of the rule.
    fn lower(&self) -> Applicability {
        match self.file().level {
            Applicability::Safe => Applicability::Unsafe,
            _ => Applicability::Advice,
        }
    }

    /// The best that a site may have, as far as the Go version tells.
    fn begun(&self, patch: &Patch, cx: &Cx<'_>) -> Verdict {
        let verdict = Verdict::of(if patch.advice { Applicability::Advice } else { self.file().level });
        match self.file().since {
            Some(since) if cx.go().is_none_or(|go| go < since) => {
                verdict.keep_if(true, intern(&format!("needs-go{since}")))
            }
            _ => verdict,
        }
    }

    /// The condition by which a match is none of the rule's sites.
    pub(super) fn unmet<'t>(
        &self,
        patch: &Patch,
        found: &PatternMatch<'t>,
        start: Node<'t>,
        cx: &Cx<'t>,
    ) -> Option<String> {
        let old = patch.old.as_ref()?;
        let site = site(old, found, start, &old.roots());
        let parts = self.file().parts.as_slice();
        let asked = ConditionKind { patch, found, site, start, parts, cx };
        patch.conditions.iter().find_map(|condition| condition.unmet(&asked))
    }

    /// What the guards say of a match, and its fix.
    pub(super) fn judged<'t>(
        &self,
        index: usize,
        found: PatternMatch<'t>,
        start: Node<'t>,
        cx: &Cx<'t>,
    ) -> Option<RuleMatch> {
        let patch = &self.file().patches[index];
        let old = patch.old.as_ref()?;
        let roots = old.roots();
        if patch.gopatch && !requires(patch, cx.file) {
            return None;
        }
        if patch.settles && is_done(patch, start, cx) {
            return None;
        }
        let span = place(patch, old, &found, start, &roots);
        let site = site(old, &found, start, &roots);
        let mut verdict = self.begun(patch, cx);
        let mut texts = ConditionTexts::new();
        let parts = self.file().parts.as_slice();
        let asked = ConditionKind { patch, found: &found, site, start, parts, cx };
        for condition in &patch.conditions {
            match condition.holds(&asked, &mut texts) {
                Ok(()) => {}
                Err(ConditionFailure::NoMatch) => return None,
                Err(ConditionFailure::Kept(guard, saw)) => verdict = verdict.keep_for(Some(saw), guard),
            }
        }
        if let Some(untold) = found.unknown.first() {
            let saw = condition::seen(&untold.name, untold.why.as_deref());
            verdict = verdict.keep_for(Some(saw), guards::TYPE_UNKNOWN);
        }
        if patch.advice || verdict.level() == Applicability::Kept {
            return Some(self.told(patch, verdict, span, None, Some(&found)));
        }
        let mut fix = Fix::new(self.file().title.clone(), cx.file.path());
        let mut writer = ReplacementWriter::new(patch, &found, &texts, cx, site, &mut fix);
        writer.rewrite_elements(&asked);
        let constant = becomes_constant(patch, start);
        match &patch.new {
            _ if constant.is_some() => {
                for (span, text) in fold::edits(start, constant.unwrap_or_default(), cx.package()) {
                    writer.replace(span, text);
                }
                // Comments of code that is never reached go with it.
                writer.edits.clear();
            }
            None => {
                for root in &roots {
                    if let Some(node) = found.node(*root) {
                        writer.delete(node);
                    }
                }
            }
            Some(new) => match (new.roots().as_slice(), roots.as_slice()) {
                ([new], [old]) => writer.change(*old, *new),
                (news, olds) => writer.change_statements(olds, news),
            },
        }
        writer.finish_elements();
        let (mut edits, mut kept, deletes) = (writer.edits, writer.kept, writer.deletes);
        if deletes {
            fix = Fix::new(self.file().title.clone(), cx.file.path());
            let mut writer = ReplacementWriter::new(patch, &found, &texts, cx, site, &mut fix);
            let statement = start.parent().filter(|up| up.kind() == Kind::ExpressionStatement);
            writer.delete(statement.unwrap_or(start));
            (edits, kept) = (writer.edits, writer.kept);
        }
        if let Some((guard, saw)) = kept {
            verdict = verdict.keep_for(Some(saw), guard);
        }
        if let Some(new) = &patch.new {
            verdict = verdict.keep_for(guards::captured(patch, old, new, &found), "captures-name");
            verdict = verdict.keep_for(guards::captured_by_parameter(old, new, start), "captures-name");
            verdict = verdict.keep_for(guards::without_place(patch, new, &found, start), "assigned-to");
        }
        verdict = verdict.keep_for(still_used(site, &edits), "still-used");
        let lower = self.lower();
        let evaluation = if deletes {
            guards::dropped(patch, &found, cx.package())
        } else {
            guards::evaluation(patch, old, patch.new.as_ref(), &found, cx.package())
        };
        if let Some((guard, saw)) = evaluation {
            verdict = verdict.lower_for(Some(saw), lower, guard);
        }
        verdict = verdict.lower_for(guards::lost_comment(cx.file, site, &edits), lower, "loses-comment");
        if let Some(new) = &patch.new
            && !deletes
        {
            // A patch of gopatch changes what it names; the proof says what that breaks.
            let changed = (!patch.gopatch).then(|| interface_guard::changed_method(old, new, &found, cx));
            if let Some((guard, saw)) = changed.flatten() {
                verdict = verdict.keep_for(Some(saw), guard);
            }
            let nil = || nil_values::nil_value(patch, old, new, &found, cx);
            verdict = verdict.lower_seen(nil, Applicability::Unsafe, guards::NIL_VALUE);
        }
        let again = || patch.may_repeat && repeats::repeats(patch, old, parts, &fix, site, cx);
        if patch.repeats || (verdict.level() > Applicability::Advice && again()) {
            verdict = verdict.lower_if(true, Applicability::Unsafe, "not-idempotent").named("not-idempotent");
        }
        let calls = self.calls_behind(index);
        if !calls.is_empty() && verdict.level() > Applicability::Kept {
            let declaration = uses::ChangedDeclaration::of(start, patch);
            let object = uses::field_of(patch, start, cx).or_else(|| uses::declared_by(start, cx));
            verdict = self.with_uses(verdict, &calls, (object, &declaration), cx, &mut fix);
        }
        if edits.is_empty() && fix.files().is_empty() && verdict.level() > Applicability::Kept {
            // What is there is what would be written.
            return None;
        }
        Some(self.told(patch, verdict, span, Some(fix), Some(&found)))
    }

    /// The verdict when the uses of the declaration are edited too.
    fn with_uses(
        &self,
        verdict: Verdict,
        calls: &[&Patch],
        (object, declaration): (Option<Renamed>, &uses::ChangedDeclaration<'_>),
        cx: &Cx<'_>,
        fix: &mut Fix,
    ) -> Verdict {
        let Some(object) = object else {
            return verdict.keep_if(true, "not-nameable");
        };
        let followed = uses::follow(&object, calls, declaration, cx, fix);
        let mut verdict = verdict;
        if let Some((guard, saw)) = followed.kept {
            verdict = verdict.keep_for(Some(saw), guard);
        }
        if let Some((guard, saw)) = followed.lowered {
            verdict = verdict.lower_for(Some(saw), self.lower(), guard);
        }
        if fix.clash().is_some() {
            verdict = verdict.keep_if(true, "nested-uses");
        }
        verdict
    }

    /// The site that a declaration is which gets another name.
    pub(super) fn rename_site(&self, patch: &Patch, name: Node<'_>, cx: &Cx<'_>) -> Option<RuleMatch> {
        let place = super::object::PackagePlace::of(cx);
        let wanted = patch.renames.iter().find(|rename| rename.is_declared_at(name, &place))?;
        let path = cx.around.import_path();
        let renamed = Renamed { name: wanted.old.clone(), owner: wanted.owner.clone(), path };
        let mut fix = Fix::new(self.file().title.clone(), cx.file.path());
        let mut verdict = self.begun(patch, cx);
        verdict = verdict.keep_if(rename::is_taken(&renamed, &wanted.new, cx), "captures-name");
        verdict = verdict.keep_for(rename::implements(&renamed, cx), "implements-interface");
        if verdict.level() > Applicability::Kept
            && let Some((guard, saw)) = rename::edits(&renamed, &wanted.new, cx, &mut fix)
        {
            verdict = verdict.keep_for(Some(saw), guard);
        }
        let mut told = self.told(patch, verdict, name.span(), Some(fix), None);
        let left = rename::left_over(&renamed, cx);
        if !left.is_empty() {
            let list = left.iter().take(MOST_PLACES).cloned().collect::<Vec<_>>().join(", ");
            let more = if left.len() > MOST_PLACES { ", …" } else { "" };
            let said = format!("`{}` is still said by {list}{more}", wanted.old);
            let why = &mut told.diagnostic.why;
            *why = if why.is_empty() { said } else { format!("{why}; {said}") };
        }
        Some(told)
    }
}

/// The constant that an expression becomes, where the branches that it decides are folded.
fn becomes_constant(patch: &Patch, site: Node<'_>) -> Option<bool> {
    let new = patch.new.as_ref().filter(|_| patch.options.branches)?;
    let [root] = new.roots()[..] else { return None };
    let expression = super::matcher::is_expression(site);
    match root.kind() {
        Kind::True if expression => Some(true),
        Kind::False if expression => Some(false),
        _ => None,
    }
}

/// How many places that still say the old name are named.
const MOST_PLACES: usize = 8;

/// Whether the declaration is what the new side says already.
fn is_done(patch: &Patch, declaration: Node<'_>, cx: &Cx<'_>) -> bool {
    let Some(new) = &patch.new else { return false };
    let [root] = new.roots()[..] else { return false };
    Matcher::at(patch, cx).whole(root, declaration).is_some()
}

/// The node of the code where names are looked up: the first that the patch changes.
fn site<'t>(old: &Side, found: &PatternMatch<'t>, start: Node<'t>, roots: &[Node<'_>]) -> Node<'t> {
    first_changed(old, found, roots).unwrap_or(start)
}

/// The node that the first `-` token of the patch met, or the smallest around it.
fn first_changed<'t>(old: &Side, found: &PatternMatch<'t>, roots: &[Node<'_>]) -> Option<Node<'t>> {
    for root in roots {
        for leaf in root.descendants().filter(|leaf| leaf.children().next().is_none()) {
            if old.sign(leaf.start()) != Sign::Old {
                continue;
            }
            let around = std::iter::once(leaf).chain(leaf.ancestors());
            let same_start = around.take_while(|node| node.start() == leaf.start());
            let met: Vec<Node<'t>> = same_start.filter_map(|node| found.node(node)).collect();
            if let Some(node) = met.last() {
                return Some(*node);
            }
            return leaf.ancestors().find_map(|node| found.node(node));
        }
    }
    None
}

/// The bytes that a finding points at.
fn place<'t>(
    patch: &Patch,
    old: &Side,
    found: &PatternMatch<'t>,
    start: Node<'t>,
    roots: &[Node<'_>],
) -> Span {
    // Where a patch changes a declaration, its head is the site.
    let changed = first_changed(old, found, roots);
    if patch.old.as_ref().is_some_and(|side| side.form() == super::side::Form::Declaration)
        && let Some(head) = head(start)
        && changed.is_none_or(|changed| changed.start() <= head.end)
    {
        return head;
    }
    let first = changed.unwrap_or(start);
    let last = roots.last().and_then(|root| found.node(*root));
    Span::new(first.start(), last.map_or(first.end(), Node::end).max(first.end()))
}

/// The first line of a declaration, up to its body.
fn head(declaration: Node<'_>) -> Option<Span> {
    let end = declaration.body()?.start();
    let text = &declaration.file().text()[declaration.start()..end];
    Some(Span::new(declaration.start(), declaration.start() + text.trim_end().len()))
}
