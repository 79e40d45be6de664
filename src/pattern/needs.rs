//! What has to stand in a file, and in a declaration, that has a site of a patch: told before
//! anything is parsed.

use super::compile::Patch;
use super::condition::{Condition, ConditionPlace, bare_text};
use super::parameters::ConditionParameter;
use super::patch::VarKind;
use super::side::{DOTS, Side};
use super::trigger::Trigger;
use super::types::RuleType;
use crate::rewrite::TypeRelation;
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{Kind, Node};
use regex::Regex;

/// What no site of a patch is without.
#[derive(Clone, Debug, Default)]
pub struct PatchNeeds {
    /// Texts in the file, in longer words too: the import paths of parameters.
    texts: Vec<String>,
    /// Words in the declaration.
    words: Vec<String>,
    /// The operator beside the symbol that leads to the site.
    operator: Option<String>,
    /// The first argument of the call of the symbol that leads to the site.
    argument: Option<LiteralArgument>,
    /// What stands behind a comparison, where a comparison leads to the declaration.
    compared: Option<ComparedOperand>,
    /// Packages of whose types the site has values: the module has to know them.
    pub packages: Vec<String>,
}

/// An argument that is a literal.
#[derive(Clone, Debug)]
struct LiteralArgument {
    /// The kinds of its token.
    kinds: &'static [TokenKind],
    /// What its text matches.
    texts: Vec<Regex>,
}

/// The right operand of a comparison.
#[derive(Clone, Debug)]
struct ComparedOperand {
    operator: String,
    /// What its text matches.
    texts: Vec<Regex>,
}

impl ComparedOperand {
    /// That of `patch`, where its operator leads to the declarations and a condition says what the
    /// text of the operand matches.
    fn of(patch: &Patch, old: &Side) -> Option<ComparedOperand> {
        let Trigger::Token(operator) = &patch.trigger else { return None };
        let all = old.roots().into_iter().flat_map(Node::descendants);
        let mut own = all.filter(|node| node.operator().is_some_and(|own| own.text() == operator));
        let (comparison, None) = (own.next()?, own.next()) else { return None };
        // The operands of other operators may be found apart from each other.
        if !matches!(operator.as_str(), "==" | "!=" | "<" | "<=" | ">" | ">=") {
            return None;
        }
        let (_, var) = patch.var(comparison.right()?.text())?;
        let texts = patch.conditions.iter().filter_map(|condition| match condition {
            Condition::Matches(name, regex) if *name == var.name => Some(regex.clone()),
            _ => None,
        });
        let texts: Vec<Regex> = texts.collect();
        (!texts.is_empty()).then(|| ComparedOperand { operator: operator.clone(), texts })
    }

    /// Whether a comparison of the declaration may have such an operand.
    fn is_in(&self, code: &DeclTokens<'_>) -> bool {
        (0..code.len()).any(|at| code.text(at) == self.operator && self.may_follow(code, at))
    }

    /// Whether the operand behind the operator at `at` may be one. It is known where it is a name,
    /// a name of a package or a literal, and ends there.
    fn may_follow(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        let is_name = |at: usize| code.kind(at) == Some(TokenKind::Ident);
        let mut last = at + 1;
        if is_name(last) {
            while code.text(last + 1) == "." && is_name(last + 2) {
                last += 2;
            }
        } else if !matches!(
            code.kind(last),
            Some(TokenKind::String | TokenKind::RawString | TokenKind::Number | TokenKind::Rune)
        ) {
            return true;
        }
        let behind = last + 1;
        let ends = match code.text(behind) {
            "" | ")" | "]" | "}" | "," | ";" | ":" | "&&" | "||" => true,
            // Else it is the beginning of a literal.
            "{" => code.keyword_of_block(behind).is_some(),
            _ => matches!(code.kind(behind), Some(TokenKind::Ident | TokenKind::Keyword)),
        };
        let texts: Vec<&str> = (at + 1..behind).map(|at| code.text(at)).collect();
        !ends || self.texts.iter().all(|regex| regex.is_match(bare_text(&texts.concat())))
    }
}

impl PatchNeeds {
    /// Those of `patch`, whose old side is `old`.
    pub(super) fn of(patch: &Patch, old: &Side) -> PatchNeeds {
        let compared = ComparedOperand::of(patch, old).filter(|_| !patch.gopatch);
        let mut needs = PatchNeeds { packages: packages(patch, old), compared, ..PatchNeeds::default() };
        if patch.gopatch || patch.whole_file || patch.trigger.is_wide() {
            return needs;
        }
        for condition in &patch.conditions {
            needs.add_parameters(condition);
        }
        // What stands in other declarations, or is found by what it means, is not spelled here.
        if patch.objects.is_empty() && old.roots().iter().all(|root| !is_top_level(*root)) {
            let leaves = old.roots().into_iter().flat_map(Node::descendants);
            let fixed = leaves.filter(|leaf| is_fixed(patch, *leaf));
            needs.words.extend(fixed.map(|leaf| leaf.text().to_owned()));
        }
        needs.words.sort();
        needs.words.dedup();
        needs.operator = operator(patch, old);
        needs.argument = argument(patch, old);
        needs
    }

    /// Adds what the functions around a site need for their parameters.
    fn add_parameters(&mut self, condition: &Condition) {
        match condition {
            Condition::And(all) => all.iter().for_each(|one| self.add_parameters(one)),
            Condition::Inside(ConditionPlace::Func(_, Some(parameters))) => {
                for ty in parameters.iter().filter_map(ConditionParameter::ty) {
                    self.texts.extend(ty.wanted.imports.values().cloned());
                }
            }
            _ => {}
        }
    }

    /// Whether a file may have a site, where `holds` says which texts it has.
    pub(super) fn are_in(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        self.texts.iter().chain(&self.words).all(|text| holds(text))
    }

    /// Whether a declaration may have a site at the word with this index, which leads to it.
    pub(super) fn are_at(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        self.has_argument(code, at)
            && self.words.iter().all(|word| code.has_word(word))
            && self.has_operator(code, at)
            && self.compared.as_ref().is_none_or(|operand| operand.is_in(code))
    }

    fn has_argument(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        let Some(LiteralArgument { kinds, texts }) = &self.argument else { return true };
        // Parentheses may stand around the function and around the literal.
        if code.text(at + 1) != "(" || code.text(at + 2) == "(" {
            return true;
        }
        let literal = code.kind(at + 2).is_some_and(|kind| kinds.contains(&kind));
        // Behind anything else it is an operand.
        literal
            && matches!(code.text(at + 3), "," | ")")
            && texts.iter().all(|regex| regex.is_match(bare_text(code.text(at + 2))))
    }

    fn has_operator(&self, code: &DeclTokens<'_>, at: usize) -> bool {
        let Some(operator) = &self.operator else { return true };
        let before = |by: usize| at.checked_sub(by).map_or("", |index| code.text(index));
        let next = code.text(at + 1);
        let last = if before(1) == "." { before(3) } else { before(1) };
        next == operator || last == operator || (last == "(" && next == ")")
    }
}

/// Whether every match has a word of the same text as the leaf.
fn is_fixed(patch: &Patch, leaf: Node<'_>) -> bool {
    let text = leaf.text();
    leaf.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::FieldIdentifier])
        && !matches!(text, "_" | "any" | DOTS)
        && patch.var(text).is_none()
        && patch.text(text).is_none()
        && patch.import_of(text).is_none()
        // The type of an element is left out where that of the list says it.
        && !leaf.ancestors().any(|up| {
            up.kind() == Kind::CompositeLiteral && up.ty().is_some_and(|ty| ty.span().covers(leaf.span()))
        })
}

fn is_top_level(root: Node<'_>) -> bool {
    root.is(&[
        Kind::FunctionDeclaration,
        Kind::MethodDeclaration,
        Kind::TypeDeclaration,
        Kind::ConstDeclaration,
        Kind::VarDeclaration,
        Kind::ImportDeclaration,
    ])
}

/// The first argument of the call of the trigger, where it is a variable for a literal.
fn argument(patch: &Patch, old: &Side) -> Option<LiteralArgument> {
    let Trigger::Symbol(_, _, place) = &patch.trigger else { return None };
    let all = old.roots().into_iter().flat_map(Node::descendants);
    let call = all.filter(|node| node.kind() == Kind::CallExpression);
    let mut own = call.filter(|call| call.function().is_some_and(|function| function.span() == *place));
    let first = own.next()?.arguments()?.named().next()?;
    let (_, var) = patch.var(first.text())?;
    let kinds: &'static [TokenKind] = match &var.kind {
        VarKind::Literal(kind) => match kind.as_str() {
            "string" => &[TokenKind::String, TokenKind::RawString],
            "int" | "float" => &[TokenKind::Number],
            "rune" => &[TokenKind::Rune],
            _ => &[TokenKind::String, TokenKind::RawString, TokenKind::Number, TokenKind::Rune],
        },
        _ => return None,
    };
    let texts = patch.conditions.iter().filter_map(|condition| match condition {
        Condition::Matches(name, regex) if *name == var.name => Some(regex.clone()),
        _ => None,
    });
    Some(LiteralArgument { kinds, texts: texts.collect() })
}

/// The operator of the binary expression that the trigger is an operand of.
fn operator(patch: &Patch, old: &Side) -> Option<String> {
    let Trigger::Symbol(_, _, place) = &patch.trigger else { return None };
    let all = old.roots().into_iter().flat_map(Node::descendants);
    let symbol = all.filter(|node| node.span() == *place).last()?;
    let outer = symbol.ancestors().find(|up| up.kind() != Kind::ParenthesizedExpression)?;
    let operator = outer.operator().filter(|_| outer.kind() == Kind::BinaryExpression)?;
    Some(operator.text().to_owned())
}

/// The packages of other modules whose types variables of the old side have.
fn packages(patch: &Patch, old: &Side) -> Vec<String> {
    let is_met = |name: &str| {
        old.roots()
            .into_iter()
            .flat_map(Node::descendants)
            .any(|node| node.children().next().is_none() && node.text() == name)
    };
    let has_values = |ty: &RuleType| matches!(ty.wanted.relation, TypeRelation::Is | TypeRelation::Pointed);
    let met = patch.vars.iter().zip(&patch.types).filter(|(var, _)| is_met(&var.name));
    let types = met.filter_map(|(_, ty)| ty.as_ref()).filter(|ty| has_values(ty));
    let paths = types.flat_map(|ty| ty.wanted.imports.values());
    // The others are of the standard library.
    paths.filter(|path| path.split('/').next().is_some_and(|first| first.contains('.'))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn an_operand_is_told_where_its_end_is_known() {
        let texts = vec![Regex::new(r"^(\w+\.)?(Err[A-Z]\w*|EOF)$").unwrap()];
        let operand = ComparedOperand { operator: "==".to_owned(), texts };
        for (condition, may_be) in [
            ("err == io.EOF", true),
            ("n == 0 && err == ErrGone", true),
            ("err == nil", false),
            ("len(list) == 0 || name == \"EOF\"", true),
            ("name == \"x\" || r == 'x'", false),
            ("err == gone().Err", true),
            ("err == (io.EOF)", true),
            ("err == *last", true),
            ("n == a + b", true),
            ("err == all[0]", true),
            ("err == nil && a != io.EOF", false),
        ] {
            for text in [format!("func f() {{ if {condition} {{ }} }}"), format!("var x = {condition}")] {
                let code = DeclTokens::of(&text, Span::new(0, text.len()));
                assert_eq!(operand.is_in(&code), may_be, "{text}");
            }
        }
        for text in ["var x = y == T{}", "var x = y == a\n(b)", "func f() { x = y == a.b.c\nreturn }"] {
            let code = DeclTokens::of(text, Span::new(0, text.len()));
            assert_eq!(operand.is_in(&code), !text.contains("return"), "{text}");
        }
    }
}
