//! What the texts of a rule are made of at one site.

use super::compile::Patch;
use super::condition::{ConditionTexts, seen};
use super::guards::TYPE_UNKNOWN;
use super::matcher::PatternMatch;
use super::patch::VarKind;
use super::text_value::{Text, TextNames};
use super::types;
use crate::model::imports::unparenthesized;
use crate::rewrite::{Cx, TypeAnswer, TypeAsk};
use crate::syntax::Node;
use std::cell::{Cell, RefCell};

/// The names of a rule at one site.
pub struct MatchTexts<'w, 't> {
    /// The patch.
    pub patch: &'w Patch,
    /// What the old side met.
    pub found: &'w PatternMatch<'t>,
    /// What the conditions found.
    pub texts: &'w ConditionTexts,
    /// The place.
    pub cx: &'w Cx<'t>,
    /// A node of the site, where names are looked up.
    pub site: Node<'t>,
    /// Why a text cannot be made, if it is not that it is no literal.
    pub fault: RefCell<Option<(&'static str, String)>>,
    /// Whether a name was chosen.
    pub fresh: Cell<bool>,
    /// How deep texts are made of texts.
    pub depth: Cell<usize>,
}

/// Texts that are made of texts, no deeper than this: one that is made of itself has no end.
const DEEPEST: usize = 16;

impl TextNames for MatchTexts<'_, '_> {
    fn known(&self, name: &str) -> Option<Text> {
        if let Some((_, text)) = self.texts.iter().find(|(known, _)| known == name) {
            return Some(Text::Code(text.clone()));
        }
        if let Some(text) = self.patch.text(name) {
            if self.depth.get() >= DEEPEST {
                return None;
            }
            self.depth.set(self.depth.get() + 1);
            let made = text.value.text(self);
            self.depth.set(self.depth.get() - 1);
            return made;
        }
        let (index, _) = self.patch.var(name)?;
        match self.found.var(index)? {
            [node] => Some(Text::of_code(unparenthesized(*node).text())),
            nodes => {
                let (first, last) = (nodes.first(), nodes.last());
                let text = self.cx.file.text();
                let code = first.zip(last).map_or("", |(first, last)| &text[first.start()..last.end()]);
                Some(Text::Code(code.to_owned()))
            }
        }
    }

    fn fresh(&self, wished: &str) -> Option<String> {
        self.fresh.set(true);
        Some(self.cx.fresh_name(&[wished], self.site))
    }

    fn zero(&self, name: &str) -> Option<String> {
        let (index, var) = self.patch.var(name)?;
        let [node] = self.found.var(index)? else { return None };
        let node = unparenthesized(*node);
        let written = match var.kind {
            VarKind::Type => types::of_code(node, self.cx.package()),
            _ => types::of_expression(node, self.cx.package()),
        };
        if let Some(zero) = written.as_deref().and_then(zero_of) {
            return Some(zero.to_owned());
        }
        let fault = |why: Option<&str>| {
            self.fault.borrow_mut().get_or_insert((TYPE_UNKNOWN, seen(name, why)));
            None
        };
        match self.cx.types(node.span(), TypeAsk::Zero) {
            Some(TypeAnswer::Value(zero)) if zero == "{}" && var.kind == VarKind::Type => {
                Some(format!("{}{{}}", node.text()))
            }
            Some(TypeAnswer::Value(zero)) if zero == "new" && var.kind == VarKind::Type => {
                Some(format!("*new({})", node.text()))
            }
            Some(TypeAnswer::Value(zero)) if zero == "{}" || zero == "new" => {
                fault(Some("its type has no name here"))
            }
            Some(TypeAnswer::Value(zero)) => Some(zero),
            Some(TypeAnswer::Unknown(why)) => fault(Some(&why)),
            Some(TypeAnswer::Yes | TypeAnswer::No) => fault(Some("it has no value")),
            None => fault(None),
        }
    }
}

/// The zero value of a type that is known by its form.
fn zero_of(ty: &str) -> Option<&'static str> {
    Some(match ty {
        "string" => "\"\"",
        "bool" => "false",
        "error" => "nil",
        _ if ty.starts_with(['*']) || ty.starts_with("[]") || ty.starts_with("map[") => "nil",
        _ if ty.starts_with("interface{}") => "nil",
        "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64"
        | "uintptr" | "float32" | "float64" | "complex64" | "complex128" => "0",
        _ => return None,
    })
}
