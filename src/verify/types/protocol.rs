//! What the helper reads and writes.

use crate::rewrite::{TypeAnswer, TypeAsk, TypeQuestion, TypeRelation, WantedType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One run of the helper.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HelperRequest {
    pub(super) go: String,
    pub(super) lists: Vec<Vec<String>>,
    pub(super) overlay: BTreeMap<String, String>,
    pub(super) arch: String,
    pub(super) max_bytes: u64,
    pub(super) questions: Vec<HelperQuestion>,
}

/// A question as the helper reads it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HelperQuestion {
    file: String,
    start: usize,
    end: usize,
    kind: &'static str,
    name: String,
    relation: &'static str,
    r#type: String,
    imports: BTreeMap<String, String>,
}

impl HelperQuestion {
    /// A question about the file that go spells so.
    pub(super) fn of(file: String, question: &TypeQuestion) -> HelperQuestion {
        let (kind, name, wanted) = match &question.ask {
            TypeAsk::Expression(wanted) => ("type", String::new(), Some(wanted)),
            TypeAsk::Name(name, wanted) => ("name", name.clone(), Some(wanted)),
            TypeAsk::Member(name, wanted) => ("member", name.clone(), Some(wanted)),
            TypeAsk::Constant => ("constant", String::new(), None),
            TypeAsk::Zero => ("zero", String::new(), None),
            TypeAsk::Interface => ("interface", String::new(), None),
        };
        let relation = match wanted.map(|wanted| wanted.relation) {
            None => "",
            Some(TypeRelation::Is) => "is",
            Some(TypeRelation::Pointed) => "pointed",
            Some(TypeRelation::Underlying) => "underlying",
            Some(TypeRelation::Implements) => "implements",
            Some(TypeRelation::Constant) => "constant",
        };
        HelperQuestion {
            file,
            start: question.start,
            end: question.end,
            kind,
            name,
            relation,
            r#type: wanted.map_or_else(String::new, |wanted| wanted.text.clone()),
            imports: wanted.map(|wanted| wanted.imports.clone()).unwrap_or_default(),
        }
    }
}

/// The type that a question names.
pub(super) fn wanted(question: &TypeQuestion) -> Option<&WantedType> {
    match &question.ask {
        TypeAsk::Expression(wanted) | TypeAsk::Name(_, wanted) | TypeAsk::Member(_, wanted) => Some(wanted),
        TypeAsk::Constant | TypeAsk::Zero | TypeAsk::Interface => None,
    }
}

/// An answer as the helper writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HelperAnswer {
    is: String,
    #[serde(default)]
    text: String,
}

impl HelperAnswer {
    /// The answer; `None` of a file that this build leaves out.
    pub(super) fn read(self) -> Option<TypeAnswer> {
        Some(match self.is.as_str() {
            "yes" => TypeAnswer::Yes,
            "no" => TypeAnswer::No,
            "value" => TypeAnswer::Value(self.text),
            "unlisted" => return None,
            _ => TypeAnswer::Unknown(self.text),
        })
    }
}

/// What a run of the helper gives.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct HelperResponse {
    pub(super) answers: Vec<HelperAnswer>,
    /// For a directory, those that the answers about its files depend on.
    pub(super) dirs: BTreeMap<PathBuf, Vec<PathBuf>>,
    pub(super) error: String,
}
