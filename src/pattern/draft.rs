//! A rule that is drafted from a change that somebody made by hand.

use super::matcher::is_expression;
use super::patch::is_name;
use super::types;
use crate::model::import_names::default_names;
use crate::model::imports::package_of;
use crate::model::package::Package;
use crate::syntax::{File, Kind, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file that somebody changed.
#[derive(Clone, Debug)]
pub struct ChangedFile {
    /// Its text before.
    pub before: String,
    /// Its text now.
    pub after: String,
    /// The import path of its package, where that is known.
    pub path: Option<String>,
}

/// The patches that do what leads from each old text to the new one, most general first seen
/// first, each once; empty where nothing that a patch can say differs.
pub fn patches(changes: &[ChangedFile]) -> Vec<String> {
    let mut found = Vec::new();
    for ChangedFile { before, after, path } in changes {
        let old = Arc::new(File::new("old.go", before.as_str()));
        let new = File::new("new.go", after.as_str());
        let package = Package::new(vec![Arc::clone(&old)]);
        for patch in renamed(&old, &new, path.as_deref()) {
            if !found.contains(&patch) {
                found.push(patch);
            }
        }
        for (one, other) in declarations(&old, &new) {
            let mut differences = Vec::new();
            differ(one, other, &mut differences);
            for difference in differences {
                if let Some(patch) = difference.patch(&package)
                    && !found.contains(&patch)
                {
                    found.push(patch);
                }
            }
        }
    }
    found
}

/// The declarations that only have another name, as patches that give it everywhere.
fn renamed(old: &File, new: &File, path: Option<&str>) -> Vec<String> {
    let of = |file: &File, index: usize| {
        let declaration = &file.outline().decls[index];
        match declaration.names.as_slice() {
            [only] => Some((declaration.receiver.clone(), only.text.clone())),
            _ => None,
        }
    };
    let names =
        |file: &File| (0..file.outline().decls.len()).map(|index| of(file, index)).collect::<Vec<_>>();
    let (olds, news) = (names(old), names(new));
    let lone = |own: &Option<(Option<String>, String)>, others: &[Option<(Option<String>, String)>]| {
        own.is_some() && !others.contains(own)
    };
    let leaves = |node: Node<'_>| -> Vec<String> {
        let leaf = |node: &Node<'_>| node.children().next().is_none() && node.kind() != Kind::Comment;
        node.descendants().filter(leaf).map(|leaf| leaf.text().to_owned()).collect()
    };
    let mut patches = Vec::new();
    for (index, was) in olds.iter().enumerate().filter(|(_, was)| lone(was, &news)) {
        let Some((receiver, name)) = was else { continue };
        let Some(before) = old.decl(index).map(leaves) else { continue };
        for (other, is) in news.iter().enumerate().filter(|(_, is)| lone(is, &olds)) {
            let Some((_, to)) = is.as_ref().filter(|(own, _)| own == receiver) else { continue };
            let same = |after: Vec<String>| {
                let alike = |(a, b): (&String, &String)| a == b || (a == name && b == to);
                before.len() == after.len() && before.iter().zip(&after).all(alike)
            };
            if new.decl(other).map(leaves).is_some_and(same) {
                let owner = match (receiver, path) {
                    (Some(receiver), None) => receiver.clone(),
                    (Some(receiver), Some(_)) => format!("{}.{receiver}", old.package()),
                    (None, _) => old.package().to_owned(),
                };
                let import = path.map_or(String::new(), |path| {
                    let usual = default_names(path).next() == Some(old.package());
                    let alias = if usual { String::new() } else { format!("{} ", old.package()) };
                    format!("import {alias}\"{path}\"\n")
                });
                patches.push(format!("@@ rename\n{import}@@\n-{owner}.{name}\n+{owner}.{to}\n"));
                break;
            }
        }
    }
    patches
}

/// The declarations that both files have and that differ.
fn declarations<'t>(old: &'t File, new: &'t File) -> Vec<(Node<'t>, Node<'t>)> {
    let key = |file: &File, index: usize| {
        let declaration = &file.outline().decls[index];
        let names: Vec<&str> = declaration.names.iter().map(|name| name.text.as_str()).collect();
        (declaration.receiver.clone(), names.join(","))
    };
    let keys =
        |file: &File| (0..file.outline().decls.len()).map(|index| key(file, index)).collect::<Vec<_>>();
    let (olds, news) = (keys(old), keys(new));
    let mut pairs = Vec::new();
    for (index, wanted) in olds.iter().enumerate() {
        // Of several with one name, `init` and `_`, each has its place, where none came or went.
        let all = |keys: &[_]| (0..keys.len()).filter(|at| keys[*at] == *wanted).collect::<Vec<usize>>();
        let (same, others) = (all(&olds), all(&news));
        let place = same.iter().position(|at| *at == index).filter(|_| same.len() == others.len());
        let other = place.map(|place| others[place]);
        let roots = other.and_then(|other| Some((old.decl(index)?, new.decl(other)?)));
        pairs.extend(roots.filter(|(one, other)| one.text() != other.text()));
    }
    pairs
}

/// What stands on one side and on the other.
struct Difference<'t> {
    old: Vec<Node<'t>>,
    new: Vec<Node<'t>>,
}

fn code(node: Node<'_>) -> Vec<Node<'_>> {
    node.named().filter(|part| part.kind() != Kind::Comment).collect()
}

fn differ<'t>(old: Node<'t>, new: Node<'t>, found: &mut Vec<Difference<'t>>) {
    if old.text() == new.text() {
        return;
    }
    if old.kind() != new.kind() {
        return found.push(lifted(old, new));
    }
    let (olds, news) = (code(old), code(new));
    if old.kind() == Kind::StatementList {
        return statements(&olds, &news, found);
    }
    let token = |node: Node<'_>| -> Vec<String> {
        node.children()
            .filter(|child| child.named().next().is_none() && child.kind().name() == child.text())
            .map(|child| child.text().to_owned())
            .collect()
    };
    let other: Vec<usize> =
        (0..olds.len().min(news.len())).filter(|at| olds[*at].text() != news[*at].text()).collect();
    if olds.len() != news.len() || token(old) != token(new) || olds.is_empty() {
        return found.push(lifted(old, new));
    }
    let wide = old.is(&[
        Kind::SourceFile,
        Kind::FunctionDeclaration,
        Kind::MethodDeclaration,
        Kind::Block,
        Kind::IfStatement,
        Kind::ForStatement,
        Kind::ExpressionSwitchStatement,
        Kind::TypeSwitchStatement,
        Kind::SelectStatement,
        Kind::ExpressionCase,
        Kind::TypeCase,
        Kind::DefaultCase,
        Kind::CommunicationCase,
    ]);
    match other.as_slice() {
        [only] => differ(olds[*only], news[*only], found),
        several if wide => several.iter().for_each(|at| differ(olds[*at], news[*at], found)),
        _ => found.push(lifted(old, new)),
    }
}

fn statements<'t>(olds: &[Node<'t>], news: &[Node<'t>], found: &mut Vec<Difference<'t>>) {
    let same = |a: usize, b: usize| olds[a].text() == news[b].text();
    let start = (0..olds.len().min(news.len())).take_while(|at| same(*at, *at)).count();
    let most = olds.len().min(news.len()) - start;
    let end = (1..=most).take_while(|at| same(olds.len() - at, news.len() - at)).count();
    let (old, new) = (&olds[start..olds.len() - end], &news[start..news.len() - end]);
    if old.len() == new.len() {
        return old.iter().zip(new).for_each(|(old, new)| differ(*old, *new, found));
    }
    // A statement that only comes needs one beside it that says where.
    let start = if old.is_empty() { start.saturating_sub(1) } else { start };
    let (old, new) = (&olds[start..olds.len() - end], &news[start..news.len() - end]);
    if !old.is_empty() {
        found.push(Difference { old: old.to_vec(), new: new.to_vec() });
    }
}

/// The smallest nodes around the two that a pattern can be.
fn lifted<'t>(old: Node<'t>, new: Node<'t>) -> Difference<'t> {
    let (mut old, mut new) = (old, new);
    let says = |node: Node<'_>| {
        let whole = node.is(&[Kind::QualifiedType, Kind::ShortVarDeclaration, Kind::VarDeclaration])
            || node.parent().is_some_and(|up| up.kind() == Kind::StatementList)
            || is_expression(node);
        whole && !node.is(&[Kind::Identifier, Kind::InterpretedStringLiteral, Kind::IntLiteral])
    };
    while !(says(old) && says(new)) {
        match (old.parent(), new.parent()) {
            (Some(one), Some(other)) if one.kind() != Kind::SourceFile => (old, new) = (one, other),
            _ => break,
        }
    }
    Difference { old: vec![old], new: vec![new] }
}

impl<'t> Difference<'t> {
    /// The patch that says the same of other places.
    fn patch(&self, package: &Package) -> Option<String> {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut taken: Vec<Node<'t>> = Vec::new();
        for node in &self.old {
            self.variables(*node, true, &mut names, &mut taken);
        }
        let (old, mut imports) = written(&self.old, &names);
        let (new, more) = written(&self.new, &names);
        for (name, path) in more {
            match imports.get(&name) {
                // Two packages of one name: the new one is called otherwise.
                Some(other) if *other != path => return None,
                _ => drop(imports.insert(name, path)),
            }
        }
        // What something is called on has a type; a method of that name may be of another.
        let mut types: BTreeMap<&str, String> = BTreeMap::new();
        for node in taken.iter().filter(|node| is_receiver(**node)) {
            if let (Some(name), Some((ty, import))) = (names.get(node.text()), type_of(*node, package))
                && imports.get(&import.0).is_none_or(|path| *path == import.1)
            {
                imports.insert(import.0, import.1);
                types.insert(name, ty);
            }
        }
        let mut text = String::from("@@\n");
        for (name, path) in &imports {
            let usual = default_names(path).next() == Some(name);
            let name = if usual { String::new() } else { format!("{name} ") };
            text.push_str(&format!("import {name}\"{path}\"\n"));
        }
        for (name, ty) in &types {
            text.push_str(&format!("var {name} {ty}\n"));
        }
        let list = names.values().map(String::as_str).filter(|name| !types.contains_key(name));
        let list: Vec<&str> = list.collect();
        if !list.is_empty() {
            text.push_str(&format!("var {} expr\n", list.join(", ")));
        }
        text.push_str("@@\n");
        for (sign, line) in signed(&old, &new) {
            text.push_str(&format!("{sign}{line}\n"));
        }
        Some(text)
    }

    /// The expressions that both sides have stand for any.
    fn variables(
        &self,
        node: Node<'t>,
        whole: bool,
        names: &mut BTreeMap<String, String>,
        taken: &mut Vec<Node<'t>>,
    ) {
        if !whole && is_free(node) && self.new.iter().any(|new| stands_in(*new, node.text())) {
            let name = self.name_for(node, names);
            names.entry(node.text().to_owned()).or_insert(name);
            return taken.push(node);
        }
        // What a statement consists of is no part of it that may be any other.
        let whole = whole && node.kind() == Kind::ExpressionStatement;
        for child in node.named() {
            self.variables(child, whole, names, taken);
        }
    }

    fn name_for(&self, node: Node<'_>, names: &BTreeMap<String, String>) -> String {
        if let Some(known) = names.get(node.text()) {
            return known.clone();
        }
        let free = |name: &String| !names.values().any(|known| known == name);
        // A letter that the code itself uses would stand for two things.
        let unsaid = |name: &String| {
            !self.old.iter().chain(&self.new).any(|side| side.mentions(name).next().is_some())
        };
        let own = (node.kind() == Kind::Identifier).then(|| node.text().to_owned());
        let letters = ('a'..='z').map(String::from).chain((1..).map(|number| format!("x{number}")));
        own.into_iter().chain(letters.filter(unsaid)).find(free).expect("some number is free")
    }
}

/// The lines of both sides with their signs: a longest common sequence stands on both.
fn signed<'l>(old: &'l [String], new: &'l [String]) -> Vec<(char, &'l str)> {
    let mut longest = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for (row, one) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            longest[row][column] = match one == other {
                true => longest[row + 1][column + 1] + 1,
                false => longest[row + 1][column].max(longest[row][column + 1]),
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut out = Vec::new();
    while row < old.len() || column < new.len() {
        if row < old.len() && column < new.len() && old[row] == new[column] {
            out.push((' ', old[row].as_str()));
            (row, column) = (row + 1, column + 1);
        } else if row < old.len()
            && (column == new.len() || longest[row + 1][column] >= longest[row][column + 1])
        {
            out.push(('-', old[row].as_str()));
            row += 1;
        } else {
            out.push(('+', new[column].as_str()));
            column += 1;
        }
    }
    out
}

/// Whether the node may be any expression in a pattern: nothing that is called or qualifies.
fn is_free(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let called = parent.kind() == Kind::CallExpression && parent.function() == Some(node);
    let qualifies = parent.kind() == Kind::SelectorExpression && package_of(parent).is_some();
    let predeclared = node.is(&[Kind::Nil, Kind::True, Kind::False, Kind::Iota]);
    is_expression(node) && !called && !qualifies && !predeclared && package_of(node).is_none()
}

/// Whether a method is called on the node, or a field of it is named.
fn is_receiver(node: Node<'_>) -> bool {
    node.parent().is_some_and(|up| up.kind() == Kind::SelectorExpression && up.operand() == Some(node))
}

/// The type of a node as a rule writes it, with the import that it needs, where it is one that
/// another package declares.
fn type_of(node: Node<'_>, package: &Package) -> Option<(String, (String, String))> {
    let found = types::of_expression(node, package)?;
    let bare = found.trim_start_matches('*');
    let (path, name) = bare.rsplit_once('.').filter(|(path, _)| !path.is_empty())?;
    let word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let import = default_names(path).find(|name| is_name(name)).filter(|_| word && !bare.contains('['))?;
    let stars = &found[..found.len() - bare.len()];
    Some((format!("{stars}{import}.{name}"), (import.to_owned(), path.to_owned())))
}

fn stands_in(side: Node<'_>, text: &str) -> bool {
    side.descendants().any(|node| is_expression(node) && node.text() == text)
}

/// The lines of a side with its variables, and the packages that it names.
fn written(nodes: &[Node<'_>], names: &BTreeMap<String, String>) -> (Vec<String>, BTreeMap<String, String>) {
    let mut imports = BTreeMap::new();
    let mut lines = Vec::new();
    for node in nodes {
        let text = with_names(*node, names, &mut imports);
        let line = node.file().lines().span(node.line()).of(node.file().text());
        let indent = &line[..line.len() - line.trim_start_matches('\t').len()];
        let own = text.lines().map(|line| line.strip_prefix(indent).unwrap_or(line).replace('\t', "  "));
        lines.extend(own);
    }
    (lines, imports)
}

fn with_names(
    node: Node<'_>,
    names: &BTreeMap<String, String>,
    imports: &mut BTreeMap<String, String>,
) -> String {
    if is_free(node)
        && let Some(name) = names.get(node.text())
    {
        return name.clone();
    }
    if node.is(&[Kind::SelectorExpression, Kind::QualifiedType])
        && let Some(path) = package_of(node)
        && let Some(package) = node.operand().or_else(|| node.package())
    {
        imports.insert(package.text().to_owned(), path.to_owned());
    }
    let text = node.file().text();
    let (mut out, mut at) = (String::new(), node.start());
    for child in node.children() {
        out.push_str(&text[at..child.start()]);
        out.push_str(&with_names(child, names, imports));
        at = child.end().max(at);
    }
    out.push_str(&text[at..node.end()]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(before: String, after: String) -> Vec<String> {
        super::patches(&[ChangedFile { before, after, path: None }])
    }

    fn drafted(old: &str, new: &str) -> Vec<String> {
        let file = |code: &str| {
            format!(
                "package p\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nfunc f(x, y string) {{\n{code}\n}}\n"
            )
        };
        of(file(old), file(new))
    }

    #[test]
    fn what_both_sides_share_becomes_a_variable() {
        assert_eq!(
            drafted(
                "\tfmt.Println(strings.Index(x, y+\"a\") >= 0)",
                "\tfmt.Println(strings.Contains(x, y+\"a\"))"
            ),
            [
                "@@\nimport \"strings\"\nvar x, a expr\n@@\n-strings.Index(x, a) >= 0\n+strings.Contains(x, a)\n"
            ]
        );
        assert_eq!(
            drafted("\tfmt.Print(x)", "\tfmt.Println(x)"),
            ["@@\nimport \"fmt\"\n@@\n-fmt.Print\n+fmt.Println\n"]
        );
        assert_eq!(drafted("\tfmt.Print(x)", "\tfmt.Print(x)"), [""; 0]);
    }

    #[test]
    fn what_a_method_is_called_on_has_its_type() {
        let file = |call: &str| {
            format!(
                "package p\n\nimport \"example.com/api\"\n\nfunc f(x *api.Client, y own) {{\n\t{call}\n}}\n\ntype own int\n"
            )
        };
        assert_eq!(
            of(file("x.Get(1)"), file("x.Fetch(1)")),
            ["@@\nimport \"example.com/api\"\nvar x *api.Client\n@@\n-x.Get\n+x.Fetch\n"]
        );
        assert_eq!(
            of(file("y.Get(x.Name)"), file("y.Fetch(x.Name)")),
            ["@@\nvar y expr\n@@\n-y.Get\n+y.Fetch\n"]
        );
    }

    #[test]
    fn a_letter_of_the_code_stands_for_nothing_else() {
        assert_eq!(
            drafted("\tfmt.Print(x+y)", "\tsort(x+y, func(a, b int) bool { return a < b })"),
            [
                "@@\nimport \"fmt\"\nvar c expr\n@@\n-fmt.Print(c)\n+sort(c, func(a, b int) bool { return a < b })\n"
            ]
        );
    }

    #[test]
    fn lines_that_both_sides_have_stay_in_their_places() {
        assert_eq!(
            drafted(
                "\tgo func() {\n\t\tfmt.Print(x)\n\t\tfmt.Print(y)\n\t}()\n\tfmt.Print()",
                "\trun(func() {\n\t\tfmt.Print(x)\n\t})"
            ),
            [
                "@@\nimport \"fmt\"\nvar a expr\n@@\n-go func() {\n+run(func() {\n   a\n-  fmt.Print(y)\n-}()\n-fmt.Print()\n+})\n"
            ]
        );
    }

    #[test]
    fn of_declarations_of_one_name_each_has_its_place() {
        let file = |names: &[&str]| {
            let lines = names.iter().map(|name| format!("var _ I = (*{name})(nil)\n\n"));
            format!("package p\n\n{}", lines.collect::<String>())
        };
        assert_eq!(of(file(&["A", "B"]), file(&["A", "B", "C"])), [""; 0]);
        assert_eq!(of(file(&["A", "B"]), file(&["A", "C"])).len(), 1);
    }

    #[test]
    fn a_declaration_with_another_name_is_renamed_everywhere() {
        let file = |method: &str, function: &str| {
            format!(
                "package p\n\ntype T struct{{}}\n\nfunc (t *T) {method}() int {{ return t.{method}() }}\n\nfunc {function}() {{}}\n"
            )
        };
        assert_eq!(
            of(file("Len", "f"), file("Count", "g")),
            ["@@ rename\n@@\n-T.Len\n+T.Count\n", "@@ rename\n@@\n-p.f\n+p.g\n"]
        );
        let (before, after) = (file("Len", "f"), file("Count", "f"));
        let path = Some("example.com/m/p/v2".to_owned());
        assert_eq!(
            super::patches(&[ChangedFile { before, after, path }]),
            ["@@ rename\nimport \"example.com/m/p/v2\"\n@@\n-p.T.Len\n+p.T.Count\n"]
        );
        assert_eq!(of(file("Len", "f"), file("Len", "f")), [""; 0]);
    }

    #[test]
    fn a_statement_that_comes_has_one_beside_it() {
        assert_eq!(
            drafted("\tfmt.Print(x)", "\tfmt.Print(x)\n\tfmt.Print(y)"),
            ["@@\nimport \"fmt\"\nvar x expr\n@@\n fmt.Print(x)\n+fmt.Print(y)\n"]
        );
    }
}
