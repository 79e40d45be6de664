//! What a `range` clause runs over, as far as the syntax of one package tells
//! types. It does not know the types of other packages, nor type inference of
//! generic calls.

use super::package::Package;
use super::scope::{self, Def};
use super::types::{Type, type_of, underlying};
use crate::syntax::{Kind, Node};

/// What kind of thing a range clause runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ranged {
    /// A slice, array, map, string or number: nothing that waits or calls.
    Data,
    /// A channel.
    Channel,
    /// A function.
    Iterator,
    /// The syntax of this package does not tell.
    Unknown,
}

/// What the `range` clause runs over.
pub fn ranged(clause: Node<'_>, package: &Package) -> Ranged {
    let Some(operand) = clause.right() else { return Ranged::Unknown };
    let Some(over) = type_of(operand, package) else { return Ranged::Unknown };
    match underlying(over, package) {
        Some(Type::Basic | Type::Sequence | Type::Slice(_)) => Ranged::Data,
        Some(Type::Pointer(inner)) => match underlying(*inner, package) {
            Some(Type::Written(array)) if is_array(array) => Ranged::Data,
            _ => Ranged::Unknown,
        },
        Some(Type::Written(node)) => match node.kind() {
            Kind::SliceType | Kind::MapType => Ranged::Data,
            Kind::PointerType => {
                let inner = node.named().next().map(Type::Written);
                match inner.and_then(|inner| underlying(inner, package)) {
                    Some(Type::Written(array)) if is_array(array) => Ranged::Data,
                    _ => Ranged::Unknown,
                }
            }
            Kind::ChannelType => Ranged::Channel,
            Kind::FunctionType => Ranged::Iterator,
            _ if is_array(node) => Ranged::Data,
            _ => Ranged::Unknown,
        },
        None => Ranged::Unknown,
    }
}

fn is_array(node: Node<'_>) -> bool {
    node.is(&[Kind::ArrayType, Kind::ImplicitLengthArrayType])
}

/// Whether the length of `operand` can only change by what this goroutine does:
/// it is no channel, and the syntax says so.
pub fn has_own_length(operand: Node<'_>, package: &Package) -> bool {
    let known = type_of(operand, package).and_then(|over| underlying(over, package));
    match known {
        Some(Type::Written(node)) => node.is(&[Kind::SliceType, Kind::MapType]) || is_array(node),
        Some(Type::Basic | Type::Sequence | Type::Slice(_)) => true,
        _ => false,
    }
}

/// Whether the syntax says that `expression` is a number, string or truth
/// value, so that a copy of it reaches no memory.
pub fn is_plain_value(expression: Node<'_>, package: &Package) -> bool {
    let known = type_of(expression, package).and_then(|of| underlying(of, package));
    matches!(known, Some(Type::Basic))
}

/// The name of the package's type that `expression`, or what it points to, has.
pub fn named_type<'t>(expression: Node<'t>, package: &'t Package) -> Option<&'t str> {
    let mut at = type_of(expression, package)?;
    loop {
        match at {
            Type::Pointer(inner) => at = *inner,
            Type::Written(node) => match node.kind() {
                Kind::PointerType | Kind::ParenthesizedType => at = Type::Written(node.named().next()?),
                Kind::GenericType => at = Type::Written(node.ty()?),
                Kind::TypeIdentifier | Kind::Identifier => {
                    let ours = !matches!(scope::resolve(node), Def::Local(_) | Def::Import(_));
                    return (ours && !package.declarations(node.text()).is_empty()).then(|| node.text());
                }
                _ => return None,
            },
            _ => return None,
        }
    }
}
