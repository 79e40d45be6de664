//! What a rule asks of Go's type checker where syntax does not tell.

use crate::model::package::Package;
use crate::syntax::File;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a type is to be like the one that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypeRelation {
    /// It is that type.
    Is,
    /// It is that type, or a pointer to it.
    Pointed,
    /// It has the same underlying type.
    Underlying,
    /// It implements that interface.
    Implements,
    /// It is that type, and the expression is a constant.
    Constant,
}

/// A type as a rule writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WantedType {
    /// How a type is to be like it.
    pub relation: TypeRelation,
    /// The type, in Go.
    pub text: String,
    /// The import paths of the names in it that stand for packages.
    pub imports: BTreeMap<String, String>,
}

/// What is asked of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TypeAsk {
    /// Whether the expression there has the type.
    Expression(WantedType),
    /// Whether the variable that this name means there has the type.
    Name(String, WantedType),
    /// Whether the member of that name, selected from the expression there, is one of the type
    /// itself, by embedding maybe.
    Member(String, WantedType),
    /// The value of the constant expression there.
    Constant,
    /// How the zero value of the type there is written: itself, `{}` for what stands
    /// behind the type, `new` for `*new(T)`.
    Zero,
    /// An interface that its type satisfies by the method whose name stands there.
    Interface,
}

/// A question about one place of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TypeQuestion {
    /// First byte of the place.
    pub start: usize,
    /// Just past its last byte.
    pub end: usize,
    /// What is asked.
    pub ask: TypeAsk,
}

/// What the type checker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeAnswer {
    /// It is so.
    Yes,
    /// It is not so, or there is no such thing.
    No,
    /// What was asked for.
    Value(String),
    /// It cannot be told, and why.
    Unknown(String),
}

/// Who knows types.
pub trait TypeSource: Send + Sync {
    /// The answer to a question about `file`, which stands in `directory`; `None` when it
    /// is not known yet.
    fn known(&self, file: &File, directory: &Package, question: &TypeQuestion) -> Option<TypeAnswer>;
    /// Takes note of a question that is not answered yet.
    fn note(&self, file: &File, directory: &Package, question: TypeQuestion);
    /// Asks Go for what was taken note of; whether there was anything.
    fn learn(&self) -> bool;
}
