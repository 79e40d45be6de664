//! What the goroutine of an item is given, and what its index and element are
//! called there.

use super::site::GoroutinePerItemSite;
use crate::syntax::{Field, Kind, Node};

/// What the worker calls the index and the element.
pub(super) struct ItemNames<'t> {
    /// `None` when the item does not name it.
    pub(super) index: Option<&'t str>,
    /// `None` when the item does not name it.
    pub(super) value: Option<&'t str>,
}

impl<'t> ItemNames<'t> {
    /// The names, if index and element are all that the goroutine is given.
    pub(super) fn of(site: &GoroutinePerItemSite<'t>) -> Option<ItemNames<'t>> {
        let text = |node: Option<Node<'t>>| node.map(Node::text).filter(|text| *text != "_");
        let (mut index, mut value) = (text(site.index), text(site.value));
        let (outer_index, outer_value) = (index, value);
        let mut parameters = Vec::new();
        for parameter in site.literal.parameters()?.named() {
            let of = parameter.ty()?.text();
            (parameter.kind() == Kind::ParameterDeclaration).then_some(())?;
            parameters.extend(parameter.fields(Field::Name).map(|name| (name.text(), of)));
        }
        (parameters.len() == site.given.len()).then_some(())?;
        let mut taken = Vec::new();
        for ((name, of), given) in parameters.iter().zip(&site.given) {
            let given = Some(given.text());
            (*name != "_" && !taken.contains(&given)).then_some(())?;
            taken.push(given);
            if given == outer_index && *of == "int" {
                index = Some(name);
            } else if given == outer_value && *of == site.element {
                value = Some(name);
            } else {
                return None;
            }
        }
        let says = |name: &str| {
            let mut words = site.work.iter().flat_map(|node| node.descendants());
            words.any(|node| node.kind() == Kind::Identifier && node.text() == name)
        };
        // A name from outside that a parameter replaced.
        let replaced = |outer: Option<&str>, now: Option<&str>| outer != now && outer.is_some_and(says);
        let clash = |name: Option<&str>| {
            name.is_some_and(|name| name == site.over.text() || name == site.group.name.text())
        };
        (!replaced(outer_index, index) && !replaced(outer_value, value)).then_some(())?;
        (index != Some("len") && !clash(index) && !clash(value) && (index.is_none() || index != value))
            .then_some(())?;
        Some(ItemNames { index, value: value.filter(|name| says(name)) })
    }
}
