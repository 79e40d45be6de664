//! The cleaned edits of one fix alone, worked out over an excerpt of its file.
//!
//! A report shows each fix as it would be applied by itself, so each is cleaned by itself.
//! Over the whole file that takes a parse of the file for each of its sites. But what a fix
//! leaves behind is decided by few of the statements: those that it edits, those that
//! declare or write the names in them, and one for each name that still reads it. An excerpt
//! holds these and what stands beside them, and the other statements of long lists are cut
//! out of it.
//!
//! What an excerpt gives is what the whole file gives: the edits may take away nothing but
//! what was expected to go. Where that cannot be told, there is no excerpt.

use super::names::is_read;
use super::parts::part;
use crate::model::effects::function_of;
use crate::model::import_names::names_of;
use crate::model::package::Package;
use crate::model::scope::{self, Def, Local};
use crate::rewrite::FileFix;
use crate::syntax::CLAUSES;
use crate::syntax::{DeclKind, File, Import, Kind, Node};
use crate::text::{Edit, Edits, Span};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Shorter files are cleaned whole.
const SMALL: usize = 2048;

/// Declarations and statements that are shorter stay whole, in bytes.
const SHORT: usize = 512;

/// Declarations beside one that is needed are not even parsed when they are shorter, in bytes.
const NEIGHBOUR: usize = 8192;

/// How many children stay on either side of what is needed, tokens and comments included.
const BESIDE: usize = 5;

/// How many lines with comments behind them stay on either side of an edit: gofmt puts the
/// comments of neighbouring lines below each other.
const COMMENTED_LINES: usize = 200;

/// How often a name may be written and how often an excerpt may be widened.
const MOST: usize = 64;

/// An excerpt of a file.
pub struct Excerpt {
    /// What is left of the file.
    pub file: File,
    /// The fix over it.
    pub change: FileFix,
    /// What was cut out.
    cut: Edits,
    /// What the fix was expected to change.
    active: Vec<Span>,
}

/// What is known of a file for all of its excerpts.
pub struct Excerpts<'f> {
    file: &'f File,
    /// The declarations that mention an import, by its place.
    users: std::cell::RefCell<HashMap<usize, std::rc::Rc<[usize]>>>,
}

impl<'f> Excerpts<'f> {
    /// Of `file`.
    pub fn of(file: &'f File) -> Excerpts<'f> {
        Excerpts { file, users: Default::default() }
    }

    /// What is needed of the file to cleanup `change`; `None` when that is all of it.
    pub fn excerpt(&self, change: &FileFix, package: &Package) -> Option<Excerpt> {
        let file = self.file;
        let outline = file.outline();
        let dotted = |import: &Import| import.name.as_ref().is_some_and(|name| name.text == ".");
        if file.text().len() < SMALL || !outline.broken.is_empty() || outline.imports.iter().any(dotted) {
            return None;
        }
        let first = outline.decls.first()?.span.start;
        let mut needs = Needs::of(self, package);
        for edit in change.edits.iter() {
            if edit.span.start < first {
                return None;
            }
            needs.edit(edit, &change.edits)?;
        }
        needs.follow()?;
        let cut = needs.cut()?;
        let map = |edit: &Edit| {
            let start = cut.map(edit.span.start)?;
            let end = cut.map(edit.span.end)?;
            let span = Span { start, end };
            let whole = edit.span.end.checked_sub(edit.span.start) == end.checked_sub(start);
            whole.then(|| Edit { span, text: edit.text.clone() })
        };
        let edits: Option<Vec<Edit>> = change.edits.iter().map(map).collect();
        let change = FileFix { edits: edits?.into(), imports: change.imports.clone(), ..FileFix::default() };
        let file = File::new(file.path(), without(file.text(), &cut));
        Some(Excerpt { file, change, cut, active: needs.active })
    }
}

/// `text` without what `cut` takes away.
fn without(text: &str, cut: &Edits) -> String {
    let gone: usize = cut.iter().map(|edit| edit.span.len()).sum();
    let mut left = String::with_capacity(text.len() - gone);
    let mut at = 0;
    for edit in cut.iter() {
        left.push_str(&text[at..edit.span.start]);
        at = edit.span.end;
    }
    left.push_str(&text[at..]);
    left
}

impl Excerpt {
    /// The edits of the whole file that `edits` of this excerpt are; `None` when they do
    /// more than was expected.
    pub fn whole(&self, edits: &Edits, file: &File) -> Option<Edits> {
        let first = file.outline().decls.first()?.span.start;
        let mut found = Vec::new();
        for edit in edits.iter() {
            let start = self.cut.unmap(edit.span.start)?;
            let end = match edit.span.is_empty() {
                true => start,
                false => self.cut.unmap(edit.span.end - 1)? + 1,
            };
            let span = Span { start, end };
            let beside_cut = self.cut.meeting(span).iter().any(|cut| cut.span.start <= end);
            if end.checked_sub(start) != Some(edit.span.len()) || beside_cut {
                return None;
            }
            if start >= first && !self.expected(span, file) {
                return None;
            }
            found.push(Edit { span, text: edit.text.clone() });
        }
        Some(found.into())
    }

    /// Whether all code in `span` was expected to go.
    fn expected(&self, span: Span, file: &File) -> bool {
        let mut nodes = Vec::new();
        for index in file.decls_at(span) {
            match file.decl(index) {
                Some(root) => touched(root, span, &mut nodes),
                None => return false,
            }
        }
        let active = |node: &Node<'_>| self.active.iter().any(|part| part.covers(node.span()));
        nodes.iter().all(|node| node.kind() == Kind::Comment || node.span().is_empty() || active(node))
    }
}

/// The nodes from `node` down that `span` covers or has a part of.
fn touched<'t>(node: Node<'t>, span: Span, found: &mut Vec<Node<'t>>) {
    if span.covers(node.span()) || node.children().next().is_none() {
        found.push(node);
        return;
    }
    for child in node.children_in(span) {
        touched(child, span, found);
    }
}

/// What an excerpt has to hold, as far as that is known.
struct Needs<'e, 'f> {
    excerpts: &'e Excerpts<'f>,
    package: &'e Package,
    /// What may go: the fix edits it, or it declares or writes a name that may go.
    active: Vec<Span>,
    /// What else has to stay.
    kept: Vec<Span>,
    /// Parts that are active and whose names were not followed yet.
    pending: Vec<Node<'f>>,
    locals: HashMap<Node<'f>, Option<Span>>,
    imports: HashMap<usize, Option<Span>>,
    labels: HashMap<Node<'f>, Option<Span>>,
}

impl<'e, 'f> Needs<'e, 'f> {
    fn of(excerpts: &'e Excerpts<'f>, package: &'e Package) -> Needs<'e, 'f> {
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
    fn edit(&mut self, edit: &Edit, all: &Edits) -> Option<()> {
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
    fn follow(&mut self) -> Option<()> {
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
    fn cut(&mut self) -> Option<Edits> {
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

impl Excerpts<'_> {
    /// The declarations whose text mentions a name of import `index`.
    fn users(&self, index: usize) -> std::rc::Rc<[usize]> {
        if let Some(known) = self.users.borrow().get(&index) {
            return std::rc::Rc::clone(known);
        }
        let outline = self.file.outline();
        let finders: Vec<_> =
            names_of(&outline.imports[index]).into_iter().map(memchr::memmem::Finder::new).collect();
        let mentions = |decl: &crate::syntax::Decl| {
            let text = decl.span.of(self.file.text()).as_bytes();
            finders.iter().any(|finder| finder.find(text).is_some())
        };
        let found = outline.decls.iter().enumerate().filter(|(_, decl)| mentions(decl));
        let found: std::rc::Rc<[usize]> = found.map(|(at, _)| at).collect();
        self.users.borrow_mut().insert(index, std::rc::Rc::clone(&found));
        found
    }
}

/// The lines of `span`, which one of `edits` has, and of those around them that end with a
/// comment the ones that say where the comments stand: the widest, where the edited line is and
/// stays narrower, else all.
fn commented_lines(file: &File, span: Span, edits: &Edits) -> Vec<Span> {
    let lines = file.lines();
    let content = |line: usize| lines.content(file.text().as_bytes(), line);
    let commented = |line: usize| {
        let text = content(line);
        memchr::memmem::find(text, b"//").is_some() || memchr::memmem::find(text, b"/*").is_some()
    };
    let (own, end) = (lines.line(span.start), lines.line(span.end));
    let (top, bottom) = (own.saturating_sub(COMMENTED_LINES), end + COMMENTED_LINES);
    let mut first = own.saturating_sub(1).max(1);
    let mut last = (end + 1).min(lines.count());
    let near = lines.span(first).join(lines.span(last));
    while first > top.max(1) && commented(first) {
        first -= 1;
    }
    while last < bottom.min(lines.count()) && commented(last) {
        last += 1;
    }
    let code = |line: usize| CommentedCode::of(content(line));
    let widest_beside = |edited: CommentedCode| {
        let line = lines.span(own);
        let mut width = edited.width;
        for edit in edits.meeting(line) {
            let in_code = line.start <= edit.span.start && edit.span.end <= line.start + edited.length;
            if !in_code || edit.text.contains('\n') {
                return None;
            }
            let gone = edit.span.of(file.text()).chars().count();
            width += edit.text.chars().count().saturating_sub(gone);
        }
        let of = |line: usize| {
            code(line).filter(|code| code.indent == edited.indent).map(|code| (code.width, line))
        };
        let above = (first..own).rev().map_while(of);
        let (widest, line) = above.chain((own + 1..=last).map_while(of)).max()?;
        (widest >= width).then_some(line)
    };
    match code(own).filter(|_| own == end).and_then(widest_beside) {
        Some(line) => vec![near, lines.span(line)],
        None => vec![lines.span(first).join(lines.span(last))],
    }
}

/// The code of a line that ends with a comment.
struct CommentedCode {
    /// Its tabs.
    indent: usize,
    /// Its characters behind them.
    width: usize,
    /// Its bytes, from the start of the line to the white space before the comment.
    length: usize,
}

impl CommentedCode {
    /// The code before the comment of `line`; nothing where it takes more than a look at the line
    /// to tell what is code.
    fn of(line: &[u8]) -> Option<CommentedCode> {
        let line = std::str::from_utf8(line).ok()?;
        let code = line[..line.find("//")?].trim_end();
        let plain =
            !code.contains(['`', '\'', '\\']) && !code.contains("/*") && code.matches('"').count() % 2 == 0;
        let text = code.trim_start_matches('\t');
        let indent = code.len() - text.len();
        (plain && !text.is_empty()).then(|| CommentedCode {
            indent,
            width: text.chars().count(),
            length: code.len(),
        })
    }
}

/// Cuts out of a file what none of some spans needs.
struct ExcerptCut<'s, 'f> {
    file: &'f File,
    /// Sorted by their start.
    spans: &'s [Span],
    edits: Vec<Edit>,
    /// The nodes that stay whole, and short.
    left: Vec<Node<'f>>,
}

impl<'f> ExcerptCut<'_, 'f> {
    fn run(mut self) -> (Edits, Vec<Node<'f>>) {
        let decls = &self.file.outline().decls;
        let span = |index: usize| decls[index].span;
        let stay = self.stay(decls.len(), 1, &span);
        self.gaps(&stay, decls.len(), &span, false);
        let touched =
            |span: Span| self.spans.iter().any(|one| one.start <= span.end && span.start <= one.end);
        // A short neighbour stays whole: to cut it would take a parse of it.
        let is_cut = |index: &usize| span(*index).len() >= NEIGHBOUR || touched(span(*index));
        for index in stay.into_iter().filter(is_cut).collect::<Vec<_>>() {
            if let Some(root) = self.file.decl(index) {
                self.inside(root);
            }
        }
        self.edits.sort_by_key(|edit| edit.span);
        (self.edits.into(), self.left)
    }

    /// The places of those of `count` neighbours that a span touches, and of some beside
    /// them; the first and the last where there is no such.
    fn stay(&self, count: usize, beside: usize, at: &dyn Fn(usize) -> Span) -> BTreeSet<usize> {
        let search = |before: &dyn Fn(Span) -> bool| {
            let (mut low, mut high) = (0, count);
            while low < high {
                let middle = low + (high - low) / 2;
                if before(at(middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        let mut stay = BTreeSet::new();
        if count == 0 {
            return stay;
        }
        let whole = Span::new(at(0).start, at(count - 1).end);
        for span in self.spans.iter().filter(|span| span.start <= whole.end && whole.start <= span.end) {
            let first = search(&|child| child.end < span.start).saturating_sub(beside);
            let end = (search(&|child| child.start <= span.end) + beside).min(count);
            stay.extend(first..end);
        }
        if stay.is_empty() {
            stay.extend([0, count - 1]);
        }
        stay
    }

    /// Cuts out those of `count` neighbours that do not stay.
    fn gaps(&mut self, stay: &BTreeSet<usize>, count: usize, at: &dyn Fn(usize) -> Span, whole_lines: bool) {
        let mut from = 0;
        for next in stay.iter().copied().chain([count]) {
            if next > from {
                let before = from.checked_sub(1).map(at);
                let behind = (next < count).then(|| at(next));
                self.gap(before, Span::new(at(from).start, at(next - 1).end), behind, whole_lines);
            }
            from = next + 1;
        }
    }

    /// Cuts `gap` out from between two neighbours.
    fn gap(&mut self, before: Option<Span>, gap: Span, behind: Option<Span>, whole_lines: bool) {
        let (lines, text) = (self.file.lines(), self.file.text());
        let first = match before {
            Some(before) => lines.line(before.end) + 1,
            None => lines.line(gap.start),
        };
        let last = lines.line(gap.end);
        let starts = match before {
            // A comment behind the neighbour stays with it.
            Some(_) if text[gap.start..].starts_with("//") => first <= last,
            Some(_) => first <= lines.line(gap.start),
            None => text[lines.span(first).start..gap.start].trim().is_empty(),
        };
        let ends = match behind {
            Some(behind) => last < lines.line(behind.start),
            None => {
                let rest = text[gap.end..lines.span(last).end].trim_start();
                rest.is_empty() || rest.starts_with("//") || rest == ","
            }
        };
        let span = if starts && ends {
            lines.span(first).join(lines.span(last))
        } else if whole_lines {
            return;
        } else if let Some(behind) = behind {
            Span::new(gap.start, behind.start)
        } else {
            return;
        };
        self.edits.push(Edit { span, text: String::new() });
    }

    /// Cuts out what can go inside `node`.
    fn inside(&mut self, node: Node<'f>) {
        if node.span().len() < SHORT {
            self.left.push(node);
            return;
        }
        let Some(children) = node.many_children() else {
            if node.children().next().is_none() {
                self.left.push(node);
            }
            for child in node.children() {
                self.inside(child);
            }
            return;
        };
        let count = children.count();
        let at = |index: usize| children.get(index);
        let is_element: fn(Kind) -> bool = match node.kind() {
            Kind::StatementList => |_| true,
            Kind::SelectStatement | Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement => {
                |kind| CLAUSES.contains(&kind)
            }
            Kind::LiteralValue => {
                |kind| matches!(kind, Kind::LiteralElement | Kind::KeyedElement | Kind::Comma)
            }
            _ => {
                for child in node.children() {
                    self.inside(child);
                }
                return;
            }
        };
        // The header and the braces stay.
        let is_element = |index: &usize| is_element(at(*index).kind());
        let first = (0..count).find(is_element).unwrap_or(count);
        let end = (first..count).rev().find(is_element).map_or(first, |last| last + 1);
        // A clause ends with the line end behind its last statement.
        let span = |index: usize| {
            let node = at(first + index);
            Span::new(node.start(), node.start() + node.text().trim_end().len())
        };
        let mut stay = self.stay(end - first, BESIDE, &span);
        let literal = node.kind() == Kind::LiteralValue;
        if literal {
            // A comma stays with its element.
            let is_comma = |index: &usize| at(first + index).kind() == Kind::Comma;
            let with: Vec<usize> =
                stay.iter().filter(|index| is_comma(index) && **index > 0).map(|index| index - 1).collect();
            stay.extend(with);
            let with: Vec<usize> = stay
                .iter()
                .map(|index| index + 1)
                .filter(|index| first + index < end && is_comma(index))
                .collect();
            stay.extend(with);
        }
        self.gaps(&stay, end - first, &span, literal);
        for index in (0..first).chain(stay.into_iter().map(|index| first + index)).chain(end..count) {
            self.inside(at(index));
        }
    }
}
