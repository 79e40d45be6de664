//! What an excerpt has to hold.

use super::comments::commented_lines;
use super::cut::{ExcerptCut, SHORT};
use super::known::Excerpts;
use crate::engine::cleanup::names::is_read;
use crate::engine::cleanup::parts::part;
use crate::model::effects::function_of;
use crate::model::import_names::names_of;
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::syntax::{DeclKind, File, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How often a name may be written and how often an excerpt may be widened.
const MOST: usize = 64;

/// The nodes from `node` down that `span` covers or has a part of.
pub(super) fn touched<'t>(node: Node<'t>, span: Span, found: &mut Vec<Node<'t>>) {
    if span.covers(node.span()) || node.children().next().is_none() {
        found.push(node);
        return;
    }
    for child in node.children_in(span) {
        touched(child, span, found);
    }
}

/// What an excerpt has to hold, as far as that is known.
pub(super) struct Needs<'e, 'f> {
    excerpts: &'e Excerpts<'f>,
    package: &'e Package,
    /// What may go: the fix edits it, or it declares or writes a name that may go.
    pub(super) active: Vec<Span>,
    /// What else has to stay.
    kept: Vec<Span>,
    /// Parts that are active and whose names were not followed yet.
    pending: Vec<Node<'f>>,
    locals: HashMap<Node<'f>, Option<Span>>,
    imports: HashMap<usize, Option<Span>>,
    labels: HashMap<Node<'f>, Option<Span>>,
}

impl<'e, 'f> Needs<'e, 'f> {
    pub(super) fn of(excerpts: &'e Excerpts<'f>, package: &'e Package) -> Needs<'e, 'f> {
        Needs {
            excerpts,
            package,
            active: Vec::new(),
            kept: Vec::new(),
            pending: Vec::new(),
            locals: HashMap::new(),
            imports: HashMap::new(),
            labels: HashMap::new(),
        }
    }

    fn file(&self) -> &'f File {
        self.excerpts.file
    }

    fn is_active(&self, span: Span) -> bool {
        self.active.iter().any(|part| part.covers(span))
    }

    fn activate(&mut self, part: Node<'f>) {
        if !self.is_active(part.span()) {
            self.active.push(part.span());
            self.pending.push(part);
        }
    }

    /// Takes in what `edit`, one of `all`, touches and what is left empty by it.
    pub(super) fn edit(&mut self, edit: &Edit, all: &Edits) -> Option<()> {
        let file = self.file();
        let decls = file.decls_at(edit.span);
        if decls.is_empty() {
            return None;
        }
        self.kept.extend(commented_lines(file, edit.span, all));
        let mut nodes = Vec::new();
        for index in decls {
            let root = file.decl(index)?;
            touched(root, edit.span, &mut nodes);
        }
        for node in nodes.into_iter().filter(|node| node.kind() != Kind::Comment) {
            let mut gone = part(node);
            self.activate(gone);
            // A block that is left empty may go too.
            while let Some(list) = gone.parent().filter(|list| list.kind() == Kind::StatementList)
                && list.named().all(|statement| self.is_active(statement.span()))
                && let Some(owner) = list.parent().filter(|owner| owner.kind() == Kind::Block)
                && let Some(outer) = owner.parent()
            {
                gone = match outer.kind() {
                    Kind::StatementList => owner,
                    Kind::IfStatement => outer,
                    Kind::FuncLiteral => part(outer),
                    _ => break,
                };
                self.activate(gone);
            }
        }
        Some(())
    }

    /// Follows the names in what is active until nothing new comes up.
    pub(super) fn follow(&mut self) -> Option<()> {
        for _ in 0..MOST {
            while let Some(node) = self.pending.pop() {
                let names =
                    [Kind::Identifier, Kind::TypeIdentifier, Kind::PackageIdentifier, Kind::LabelName];
                for name in node.descendants().filter(|name| name.is(&names)) {
                    self.name(name)?;
                }
            }
            // What was found to stay may have become active since.
            let active = |(node, stays): (&Node<'f>, &Option<Span>)| {
                stays.filter(|span| self.is_active(*span)).map(|_| *node)
            };
            let locals: Vec<Node<'f>> = self.locals.iter().filter_map(active).collect();
            let labels: Vec<Node<'f>> = self.labels.iter().filter_map(active).collect();
            let imports =
                self.imports.iter().filter(|(_, stays)| stays.is_some_and(|span| self.is_active(span)));
            let imports: Vec<usize> = imports.map(|(index, _)| *index).collect();
            if locals.is_empty() && labels.is_empty() && imports.is_empty() {
                return Some(());
            }
            for name in locals {
                self.locals.remove(&name);
                self.name(name)?;
            }
            for label in labels {
                self.labels.remove(&label);
                self.label(label);
            }
            for import in imports {
                self.imports.remove(&import);
                self.import(import)?;
            }
        }
        None
    }

    fn name(&mut self, name: Node<'f>) -> Option<()> {
        if name.kind() == Kind::LabelName {
            self.label(name);
            return Some(());
        }
        match scope::resolve(name) {
            Def::Local(local) => self.local(local),
            Def::TopLevel(index) => {
                let decl = &self.file().outline().decls[index];
                let whole = decl.kind == DeclKind::Type || decl.span.len() < SHORT;
                self.kept.push(if whole {
                    decl.span
                } else {
                    Span::new(decl.span.start, decl.span.start + 1)
                });
                Some(())
            }
            Def::Import(import) => {
                let imports = &self.file().outline().imports;
                let index = imports.iter().position(|known| std::ptr::eq(known, import))?;
                self.import(index)
            }
            Def::Outside => Some(()),
        }
    }

    /// A local variable: where it is declared and written, and one place that reads it.
    fn local(&mut self, local: Local<'f>) -> Option<()> {
        if self.locals.contains_key(&local.name) {
            return Some(());
        }
        self.locals.insert(local.name, None);
        let declared = part(local.name);
        self.kept.push(declared.span());
        if !local.kind.must_be_used() {
            return Some(());
        }
        let mut written = vec![declared];
        for mention in local.scope.mentions(local.name.text()) {
            let here = part(mention);
            if mention == local.name || self.is_active(here.span()) {
                continue;
            }
            if mention.kind() == Kind::LabelName
                || !matches!(scope::resolve(mention), Def::Local(found) if found == local)
            {
                continue;
            }
            if is_read(mention, local, self.package) {
                self.kept.push(here.span());
                self.locals.insert(local.name, Some(here.span()));
                return Some(());
            }
            written.push(here);
            if written.len() > MOST {
                return None;
            }
        }
        written.into_iter().for_each(|part| self.activate(part));
        Some(())
    }

    /// An import: one place that uses it.
    fn import(&mut self, index: usize) -> Option<()> {
        if self.imports.contains_key(&index) {
            return Some(());
        }
        self.imports.insert(index, None);
        let file = self.file();
        let import = &file.outline().imports[index];
        let users = self.excerpts.users(index);
        // One that is parsed already costs nothing to look into.
        let (parsed, others): (Vec<usize>, Vec<usize>) =
            users.iter().partition(|decl| file.is_parsed(**decl));
        for decl in parsed.iter().chain(&others) {
            let Some(root) = file.decl(*decl) else {
                // Nobody knows what it uses.
                self.kept.push(file.outline().decls[*decl].span);
                return Some(());
            };
            for name in names_of(import) {
                let mut mentions = root.mentions(name).filter(|node| node.kind() != Kind::LabelName);
                let used = mentions.find(|node| {
                    !self.is_active(part(*node).span())
                        && matches!(scope::resolve(*node), Def::Import(found) if std::ptr::eq(found, import))
                });
                if let Some(used) = used {
                    self.kept.push(part(used).span());
                    self.imports.insert(index, Some(part(used).span()));
                    return Some(());
                }
            }
        }
        Some(())
    }

    /// A label: where it stands, and one place that jumps to it.
    fn label(&mut self, name: Node<'f>) {
        let Some(function) = function_of(name) else { return };
        let of_function =
            |node: &Node<'f>| node.kind() == Kind::LabelName && function_of(*node) == Some(function);
        let mut all = function.mentions(name.text()).filter(of_function);
        let is_declared =
            |node: &Node<'f>| node.parent().is_some_and(|up| up.kind() == Kind::LabeledStatement);
        let Some(declared) = all.clone().find(is_declared) else { return };
        if self.labels.contains_key(&declared) {
            return;
        }
        let colon = declared.next().map_or(declared.end(), Node::end);
        self.active.push(Span::new(declared.start(), colon));
        let stays = all.find(|node| *node != declared && !self.is_active(part(*node).span()));
        self.kept.extend(stays.map(|node| part(node).span()));
        self.labels.insert(declared, stays.map(|node| part(node).span()));
    }

    /// What can be cut out.
    pub(super) fn cut(&mut self) -> Option<Edits> {
        let imports = self.file().outline().imports.iter().flat_map(names_of);
        let mut watched: HashSet<&str> = imports.collect();
        watched.extend(self.locals.keys().map(|name| name.text()));
        for _ in 0..MOST {
            let mut spans: Vec<Span> = self.kept.iter().chain(&self.active).copied().collect();
            spans.sort();
            let cut = ExcerptCut { file: self.file(), spans: &spans, edits: Vec::new(), left: Vec::new() };
            let (cut, left) = cut.run();
            if cut.is_empty() {
                return None;
            }
            // A name that stays must mean what it meant: where it is declared stays too.
            let mut more = BTreeSet::new();
            for node in left {
                for name in watched.iter().flat_map(|name| node.mentions(name)) {
                    if name.kind() != Kind::LabelName
                        && cut.map(name.start()).is_some()
                        && let Def::Local(local) = scope::resolve(name)
                        && cut.map(local.name.start()).is_none()
                    {
                        more.insert(part(local.name).span());
                    }
                }
            }
            if more.is_empty() {
                return Some(cut);
            }
            self.kept.extend(more);
        }
        None
    }
}
