//! Struct types of the package: their fields, and where values of them lie.

use super::fields::{embedded, spelled, type_spec};
use super::imports::is_symbol;
use super::package::Package;
use super::scope::{self, Def};
use crate::syntax::{Field, Kind, Node};

/// A struct type that the package declares by name.
#[derive(Clone, Debug)]
pub struct Struct<'t> {
    /// The declaration: name, type parameters and type.
    pub spec: Node<'t>,
    /// The struct type.
    pub body: Node<'t>,
    /// Its fields in order.
    pub fields: Vec<StructField<'t>>,
}

/// One field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct StructField<'t> {
    /// Its name; `None` for an embedded type.
    pub name: Option<Node<'t>>,
    /// Its type as written.
    pub written: Node<'t>,
    /// The declaration, which may name several.
    pub declaration: Node<'t>,
}

/// The struct type `name` of the package; `None` for another kind of type, and
/// where several build tags declare it.
pub fn struct_named<'t>(name: &str, package: &'t Package) -> Option<Struct<'t>> {
    let spec = type_spec(name, package)?;
    let body = spec.ty().filter(|body| body.kind() == Kind::StructType)?;
    let mut fields = Vec::new();
    for declaration in body.child(Kind::FieldDeclarationList).into_iter().flat_map(Node::named) {
        let written = declaration.ty()?;
        let names: Vec<Node<'t>> = declaration.fields(Field::Name).collect();
        if names.is_empty() {
            fields.push(StructField { name: None, written, declaration });
        }
        fields.extend(names.into_iter().map(|name| StructField { name: Some(name), written, declaration }));
    }
    Some(Struct { spec, body, fields })
}

impl<'t> Struct<'t> {
    /// Its name.
    pub fn name(&self) -> &'t str {
        self.spec.name().map_or("", Node::text)
    }

    /// Whether it has type parameters.
    pub fn is_generic(&self) -> bool {
        self.spec.type_parameters().is_some()
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<StructField<'t>> {
        self.fields.iter().find(|field| field.name.is_some_and(|node| node.text() == name)).copied()
    }

    /// The first type that it embeds.
    pub fn embedded(&self) -> Option<Node<'t>> {
        self.fields.iter().find(|field| field.name.is_none()).map(|field| field.written)
    }
}

/// Where the package makes the type part of another block of memory: a field by
/// value, embedded by value, an element of an array or slice, another name for
/// the type, a type argument.
///
/// # Errors
/// `path:line` of a declaration with broken syntax that mentions it.
pub fn inside_another<'t>(name: &str, package: &'t Package) -> Result<Option<Node<'t>>, String> {
    Ok(spelled(name, package)?.into_iter().find(|place| {
        let local = matches!(scope::resolve(*place), Def::Local(_));
        let Some(parent) = place.parent().filter(|_| !local) else { return false };
        match parent.kind() {
            // An embedded pointer has its star beside the type.
            Kind::FieldDeclaration => parent.ty() == Some(*place) && parent.child(Kind::Star).is_none(),
            Kind::GenericType => parent.ty() == Some(*place) && lies_within(parent),
            Kind::SliceType | Kind::ArrayType | Kind::ImplicitLengthArrayType => true,
            Kind::TypeSpec | Kind::TypeAlias => parent.ty() == Some(*place),
            Kind::TypeElem | Kind::TypeArguments => !parent
                .ancestors()
                .find(|up| up.kind() == Kind::GenericType)
                .and_then(|generic| generic.ty())
                .is_some_and(|of| is_symbol(of, "sync/atomic", "Pointer")),
            _ => false,
        }
    }))
}

fn lies_within(generic: Node<'_>) -> bool {
    generic.parent().is_some_and(|parent| {
        parent.is(&[Kind::FieldDeclaration, Kind::SliceType, Kind::ArrayType, Kind::ImplicitLengthArrayType])
    })
}

/// The struct of the package that embeds `name`, by value or by pointer.
///
/// # Errors
/// As for [`inside_another`].
pub fn embedded_in<'t>(name: &str, package: &'t Package) -> Result<Option<Node<'t>>, String> {
    let embeds = |place: &Node<'t>| {
        place.ancestors().take(3).any(|field| embedded(field).is_some_and(|of| of.span() == place.span()))
    };
    Ok(spelled(name, package)?.into_iter().find(embeds))
}

/// Where the package gives the type another name, `type other = name`.
///
/// # Errors
/// As for [`inside_another`].
pub fn other_name<'t>(name: &str, package: &'t Package) -> Result<Option<Node<'t>>, String> {
    let renames = |place: &Node<'t>| {
        !matches!(scope::resolve(*place), Def::Local(_))
            && place
                .parent()
                .is_some_and(|alias| alias.kind() == Kind::TypeAlias && alias.ty() == Some(*place))
    };
    Ok(spelled(name, package)?.into_iter().find(renames))
}

/// Whether the package asks by a type assertion or a type switch for something
/// that closes: `x.(io.Closer)`, or an interface of its own that has a `Close`.
/// What cannot be read may.
pub fn asks_for_closer(package: &Package) -> bool {
    let mut names = vec!["Close", "Closer"];
    let mut next = 0;
    while let Some(name) = names.get(next).copied() {
        let Ok(places) = spelled(name, package) else { return true };
        if places.iter().any(|place| is_asserted(*place)) {
            return true;
        }
        for place in places {
            let interface = place.ancestors().find(|up| up.kind() == Kind::InterfaceType);
            let spec =
                interface.and_then(Node::parent).filter(|up| up.is(&[Kind::TypeSpec, Kind::TypeAlias]));
            if let Some(named) = spec.and_then(|spec| spec.name())
                && !names.contains(&named.text())
            {
                names.push(named.text());
            }
        }
        next += 1;
    }
    false
}

/// Whether the place is part of the type of an assertion or of a case of a type
/// switch.
fn is_asserted(place: Node<'_>) -> bool {
    let asks = |up: &Node<'_>| up.is(&[Kind::TypeAssertionExpression, Kind::TypeCase]);
    let until = |up: &Node<'_>| !asks(up);
    place.ancestors().any(|up| asks(&up))
        && !place.ancestors().take_while(until).any(|up| up.kind() == Kind::StatementList)
}
