//! Signs that a program is one of several processes, or that its threads matter.

use crate::model::imports::is_symbol;
use crate::model::package::Package;
use crate::model::words::speaks_of;
use crate::syntax::byte_checks::has_word;
use crate::syntax::{Kind, Node};

/// What in the package, or around the call, is about threads or other processes.
pub fn about(call: Node<'_>, package: &Package) -> Option<String> {
    const NAMES: &[&str] = &[
        "LockOSThread",
        "ForkExec",
        "ForkLock",
        "StartProcess",
        "SYS_FORK",
        "SYS_CLONE",
        "SysProcAttr",
        "Setns",
        "Unshare",
        "FileListener",
        "FilePacketConn",
        "LISTEN_FDS",
    ];
    const STEMS: &[&str] = &["prefork", "fork", "inherited", "inherit", "child", "children", "subprocess"];
    let starts = |node: Node<'_>| {
        ["Command", "CommandContext"].iter().any(|name| is_symbol(node, "os/exec", name))
            || is_symbol(node, "syscall", "Exec")
    };
    let whole = call.ancestors().last()?;
    let named = |node: &Node<'_>| {
        let name = node.is(&[Kind::Identifier, Kind::FieldIdentifier, Kind::TypeIdentifier]);
        name && speaks_of(node.text(), STEMS)
            || node.is(&[Kind::SelectorExpression, Kind::Identifier]) && starts(*node)
    };
    if let Some(name) = whole.descendants().find(named) {
        return Some(format!("`{}` on line {}", name.text(), name.line()));
    }
    for file in package.files().filter(|file| !file.is_test()) {
        for (index, decl) in file.outline().decls.iter().enumerate() {
            let said = NAMES.iter().find(|name| has_word(decl.span.of(file.text()).as_bytes(), name));
            if let Some(name) = said
                && file.decl(index).is_some_and(|root| root.descendants().any(|node| says(node, name)))
            {
                return Some(format!("`{name}` in {}", file.path().file_name()?.to_string_lossy()));
            }
        }
    }
    None
}

/// Whether the node is the name, or a text that is.
fn says(node: Node<'_>, name: &str) -> bool {
    let named =
        node.is(&[Kind::Identifier, Kind::FieldIdentifier, Kind::TypeIdentifier]) && node.text() == name;
    named || node.is(&[Kind::InterpretedStringLiteral]) && node.text().trim_matches('"') == name
}
