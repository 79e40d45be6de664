//! What a rule does: a transform examines a place, and so does a rule that was read from a file.

use super::meta::Meta;
use super::{Cx, Fix, PatternFinding, Severity, Verdict};
use crate::syntax::outline::DeclTokens;
use crate::syntax::{Import, Node};
use crate::text::Span;

/// Where a trigger of a rule was met.
#[derive(Clone, Copy, Debug)]
pub enum Mention<'t> {
    /// A mention of a symbol, or the node that a [`Shape`](super::Shape)'s word belongs to: the
    /// statement or type of a keyword, the identifier itself.
    Node(Node<'t>),
    /// The import of one of [`Meta::imports`].
    Import(&'t Import),
}

/// What is said of a site.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The bytes that the finding points at.
    pub span: Span,
    /// What was found: one sentence without a full stop.
    pub message: String,
    /// The measured reason for this Go version.
    pub why: String,
    /// How bad the code is as it stands.
    pub severity: Severity,
    /// Surroundings to show: a span, of which the first line is marked, and a
    /// word or two.
    pub labels: Vec<(Span, String)>,
}

/// One anti-pattern: finds sites, judges them, rewrites them.
pub trait Transform {
    /// What was matched.
    type Site<'t>;
    /// Names and triggers.
    const META: Meta;
    /// The site at `mention`, a mention of one of the triggers or of a shape's
    /// word; `None` when it is no finding.
    fn site<'t>(_mention: Node<'t>, _cx: &Cx<'t>) -> Option<Self::Site<'t>> {
        None
    }
    /// The site that an import of one of [`Meta::imports`] is.
    fn import_site<'t>(_import: &'t Import, _cx: &Cx<'t>) -> Option<Self::Site<'t>> {
        None
    }
    /// What the guards say.
    fn judge<'t>(site: &Self::Site<'t>, cx: &Cx<'t>) -> Verdict;
    /// What to tell the user.
    fn diagnose<'t>(site: &Self::Site<'t>, verdict: &Verdict, cx: &Cx<'t>) -> Diagnostic;
    /// Builds the fix; called only for a level that has one. A rule that only advises has
    /// none.
    fn rewrite<'t>(_site: &Self::Site<'t>, _cx: &Cx<'t>, _fix: &mut Fix) {}
}

/// A site that was matched.
#[derive(Clone, Debug)]
pub struct RuleMatch {
    /// What the guards said.
    pub verdict: Verdict,
    /// What to tell the user.
    pub diagnostic: Diagnostic,
    /// The fix, for the levels that have one.
    pub fix: Option<Fix>,
    /// Which patch of a rule matched, and what.
    pub pattern: Option<PatternFinding>,
}

/// A rule that was read from a file, as the engine runs it.
pub trait LoadedRule: Send + Sync {
    /// The sites at one mention of a trigger.
    fn examine<'t>(&self, mention: Mention<'t>, cx: &Cx<'t>) -> Vec<RuleMatch>;
    /// Whether a file may have a site that a mention of `word` leads to, where `holds` says
    /// which texts stand in it: asked before it is outlined, and wrong only by saying yes.
    fn may_match_text(&self, _word: &str, _holds: &dyn Fn(&str) -> bool) -> bool {
        true
    }
    /// The same of a declaration, with the index of the word among its tokens: asked before it
    /// is parsed.
    fn may_match_tokens(&self, _word: &str, _code: &DeclTokens<'_>, _at: usize) -> bool {
        true
    }
    /// Its page, in the form of a transform's header.
    fn page(&self) -> String;
    /// Sentences about what the rule makes of the code on a line, and why.
    fn why(&self, cx: &Cx<'_>, line: usize) -> Vec<String>;
    /// What it was read from and what that means here, hashed.
    fn digest(&self) -> blake3::Hash;
    /// What it was read from, hashed: the same in each tree.
    fn source(&self) -> blake3::Hash;
}
