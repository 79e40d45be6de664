//! The edits of a match: what the sides share stays as it is in the code.

use super::code_lines::{is_marked, marked, moved, unmarked};
use super::compile::{Let, Patch, Variable};
use super::condition::{Condition, ConditionKind, ConditionTexts};
use super::match_texts::MatchTexts;
use super::matcher::{PatternMatch, parts};
use super::object::PackagePlace;
use crate::model::effects::is_predeclared;
use crate::model::import_names::{default_names, may_be_named};
use crate::model::imports::unparenthesized;
use crate::model::scope::{self, Def};
use crate::rewrite::{Cx, Fix, binds_tighter, deletion, opens_block, respaced};
use crate::syntax::{Kind, Node};
use crate::text::Span;
use std::cell::{Cell, RefCell};

/// Builds the fix of one match.
pub struct ReplacementWriter<'w, 't> {
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
    /// The fix.
    pub fix: &'w mut Fix,
    /// The edits so far, for the guards.
    pub edits: Vec<(Span, String)>,
    /// Elements of runs that become something else, by place.
    pub rewritten: Vec<(Span, String)>,
    /// Whether a table says that the call goes.
    pub deletes: bool,
    /// The comment behind the statements of a run that goes elsewhere, and where they end.
    pub behind_run: Option<(usize, String)>,
    /// A guard that keeps the code, and what it saw.
    pub kept: Option<(&'static str, String)>,
}

/// Lists whose elements come and go.
const LISTS: &[Kind] = &[
    Kind::ArgumentList,
    Kind::LiteralValue,
    Kind::ParameterList,
    Kind::ExpressionList,
    Kind::TypeArguments,
    Kind::FieldDeclarationList,
];

impl<'w, 't> ReplacementWriter<'w, 't> {
    /// A writer that has written nothing yet.
    pub fn new(
        patch: &'w Patch,
        found: &'w PatternMatch<'t>,
        texts: &'w ConditionTexts,
        cx: &'w Cx<'t>,
        site: Node<'t>,
        fix: &'w mut Fix,
    ) -> ReplacementWriter<'w, 't> {
        ReplacementWriter {
            patch,
            found,
            texts,
            cx,
            site,
            fix,
            edits: Vec::new(),
            rewritten: Vec::new(),
            deletes: false,
            behind_run: None,
            kept: None,
        }
    }
}

impl<'t> ReplacementWriter<'_, 't> {
    pub(super) fn replace(&mut self, span: Span, text: String) {
        if span.of(self.cx.file.text()) != text {
            self.fix.replace_in(self.cx.file, span, text.clone());
            self.edits.push((span, text));
        }
    }

    fn keep(&mut self, guard: &'static str, saw: impl Into<String>) {
        self.kept.get_or_insert((guard, saw.into()));
    }

    /// Changes what the pattern node `old` met to what `new` says.
    pub fn change(&mut self, old: Node<'_>, new: Node<'_>) {
        if self.alike(old, new) {
            return;
        }
        let Some(node) = self.found.node(old) else {
            self.keep("not-nameable", old.text());
            return;
        };
        self.change_at(old, new, node);
    }

    pub(super) fn change_at(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) {
        if self.patch.variable(old).is_some() || self.patch.variable(new).is_some() {
            return self.put(new, node);
        }
        let (old, new, node) = (unparenthesized_on(old, new), new, unparenthesized(node));
        if let (Some((path, _)), Some((new_path, name))) = (self.patch.symbol(old), self.patch.symbol(new)) {
            if path == new_path
                && let Some(field) = node.field().or_else(|| node.name())
            {
                let text = self.render(name);
                return self.replace(field.span(), text);
            }
            return self.put(new, node);
        }
        if self.change_chain(old, new, node) {
            return;
        }
        let symbols = [self.patch.symbol(old), self.patch.symbol(new)].iter().any(Option::is_some);
        let special = old.is(LISTS) || old.is(&[Kind::Block, Kind::StatementList]);
        if !symbols && !special && self.change_parts(old, new, node) {
            return;
        }
        if old.kind() != new.kind() || symbols {
            return self.put(new, node);
        }
        if old.is(LISTS) {
            return self.change_list(old, new, node);
        }
        if old.is(&[Kind::Block, Kind::StatementList]) {
            let lists = [old, new].map(|side| side.named().collect::<Vec<_>>());
            if old.kind() == Kind::StatementList {
                let [olds, news] = lists;
                return self.change_statements(&olds, &news);
            }
        }
        let (olds, news) = (parts(old), parts(new));
        let known = |part: &Node<'_>| {
            part.children().next().is_none() || self.is_run(*part) || self.found.node(*part).is_some()
        };
        if olds.len() != news.len() || olds.is_empty() || !olds.iter().all(known) {
            return self.put(new, node);
        }
        // Without a place in the code for each part that differs, the whole is another thing.
        let comparable = olds
            .iter()
            .zip(&news)
            .all(|(old, new)| self.alike(*old, *new) || self.found.node(*old).is_some());
        if !comparable {
            return self.put(new, node);
        }
        for (old, new) in olds.into_iter().zip(news) {
            if self.alike(old, new) {
                continue;
            }
            if let Some(node) = self.found.node(old) {
                self.change_at(old, new, node);
            }
        }
    }

    /// Whether two nodes of the sides say the same.
    pub(super) fn alike(&self, old: Node<'_>, new: Node<'_>) -> bool {
        let leaves = |node: Node<'_>| -> Vec<String> {
            let silent = [Kind::Comment, Kind::Comma, Kind::Newline, Kind::Semicolon];
            node.descendants()
                .filter(|leaf| leaf.children().next().is_none() && !leaf.is(&silent))
                .map(|leaf| leaf.text().to_owned())
                .collect()
        };
        let (old, new) = (leaves(old), leaves(new));
        old == new && !new.iter().any(|leaf| self.patch.text(leaf).is_some())
    }

    /// Puts `new` in the place of `node`.
    fn put(&mut self, new: Node<'_>, node: Node<'t>) {
        let text = self.rendered_lines(new);
        let text = self.at_place(text, new, node);
        self.replace(node.span(), text);
    }

    /// The text, with the line ends of code marked, as it stands in the place of `node`: with
    /// parentheses where the code around it needs them, and spaced as there.
    pub(super) fn at_place(&self, text: String, new: Node<'_>, node: Node<'t>) -> String {
        let root = self.root_of(new);
        let bracketed = match root {
            Root::Code(root) => binds_tighter(root, node),
            Root::Pattern => binds_tighter(new, node),
        };
        let bracketed = bracketed || opens_block(&unmarked(&text), node);
        let text = if bracketed { format!("({text})") } else { text };
        let lines = text.contains('\n') || is_marked(&text);
        if lines { self.indented(&text, node) } else { respaced(&text, node) }
    }

    fn root_of(&self, new: Node<'_>) -> Root<'t> {
        match self.patch.variable(new) {
            Some(Variable::Var(index)) => {
                self.found.var(index).and_then(<[_]>::first).map_or(Root::Pattern, |node| Root::Code(*node))
            }
            _ => Root::Pattern,
        }
    }

    /// Lines of a pattern with the indentation of the site.
    fn indented(&self, text: &str, node: Node<'t>) -> String {
        let indent = self.indent(node.start());
        let newline = format!("{}{indent}", self.cx.file.newline());
        let text = text.replace("\r\n", "\n");
        text.split('\n').map(|line| moved(line, indent)).collect::<Vec<_>>().join(&newline)
    }

    /// The white space before the line at `offset` of the file.
    pub(super) fn indent(&self, offset: usize) -> &'t str {
        let file = self.cx.file;
        let line = file.lines().span(file.lines().line(offset)).of(file.text());
        &line[..line.len() - line.trim_start_matches(['\t', ' ']).len()]
    }

    fn change_list(&mut self, old: Node<'_>, new: Node<'_>, node: Node<'t>) {
        let (olds, news): (Vec<Node<'_>>, Vec<Node<'_>>) = (old.named().collect(), new.named().collect());
        let is_in = |some: &[Node<'_>], all: &[Node<'_>]| {
            let mut at = 0;
            some.iter().all(|one| {
                while at < all.len() {
                    at += 1;
                    if self.alike(*one, all[at - 1]) {
                        return true;
                    }
                }
                false
            })
        };
        if olds.len() == news.len() {
            // Something else in the same place, and nothing that moved.
            let moved = news.iter().enumerate().any(|(at, new)| {
                !self.alike(olds[at], *new) && olds.iter().any(|old| self.alike(*old, *new))
            });
            let runs = olds
                .iter()
                .chain(&news)
                .any(|node| self.is_run(*node) && !olds.iter().any(|old| self.alike(*old, *node)));
            if !moved && !runs {
                for (old, new) in olds.iter().zip(&news) {
                    self.change(*old, *new);
                }
                return;
            }
        }
        let ordered = self.in_code_order(&olds);
        let keyed = if ordered == olds { None } else { self.by_keys(&ordered, &news) };
        let (olds, news) = keyed.map_or((olds, news), |news| (ordered, news));
        if let Some(pairs) = self.element_pairs(&olds, &news) {
            let fields = node.kind() == Kind::FieldDeclarationList;
            for (old, new) in &pairs {
                // What is written right behind an element is written with it.
                let waits = !fields && self.is_inserted_behind(*old, *new, &pairs, &news, node);
                if !self.alike(*old, *new) && !waits {
                    self.change(*old, *new);
                }
            }
            if fields {
                return self.insert_fields(&pairs, &news, node);
            }
            return self.insert_elements(&pairs, &news, node);
        }
        let commented = node.children().any(|child| child.kind() == Kind::Comment);
        if is_in(&news, &olds) && (commented || node.text().contains('\n')) {
            return self.delete_elements(&olds, &news, node);
        }
        if node.kind() != Kind::FieldDeclarationList {
            let ordered = self.in_code_order(&olds);
            if let Some(pairs) = self.element_pairs(&ordered, &news)
                && pairs.iter().all(|(old, new)| self.alike(*old, *new))
            {
                return self.insert_elements(&pairs, &news, node);
            }
            return self.remake_list(&olds, new, node);
        }
        let text = self.rendered(new);
        let text = self.at_place(text, new, node);
        self.replace(node.span(), text);
    }

    pub(super) fn is_run(&self, node: Node<'_>) -> bool {
        match self.patch.variable(node) {
            Some(Variable::Dots) => true,
            Some(Variable::Var(index)) => self.patch.vars[index].kind == super::patch::VarKind::Run,
            None => false,
        }
    }

    /// The nodes of the code that an element of the old side met.
    pub(super) fn met(&self, old: Node<'_>) -> Vec<Node<'t>> {
        match self.patch.variable(old) {
            Some(Variable::Var(index)) if self.is_run(old) => {
                self.found.var(index).map(<[_]>::to_vec).unwrap_or_default()
            }
            Some(Variable::Dots) => self
                .found
                .met
                .iter()
                .find_map(|met| match met {
                    super::matcher::Met::Dots(span, nodes) if *span == old.span() => Some(nodes.clone()),
                    _ => None,
                })
                .unwrap_or_default(),
            _ => self.found.node(old).into_iter().collect(),
        }
    }

    /// Whether the last element of a list on several lines ends its line.
    fn has_own_lines(&self, list: Node<'t>) -> bool {
        let lines = self.cx.file.lines();
        let close = list.children().last().map_or(list.end(), |close| close.start());
        list.named().last().is_some_and(|last| lines.line(last.end()) < lines.line(close))
    }

    /// Whether an element that is in no pair comes on the same line behind the one that `old` met.
    fn is_inserted_behind(
        &self,
        old: Node<'_>,
        new: Node<'_>,
        pairs: &[(Node<'_>, Node<'_>)],
        news: &[Node<'_>],
        list: Node<'t>,
    ) -> bool {
        let mut behind = news.iter().skip_while(|other| **other != new).skip(1);
        let inserted = behind.next().is_some_and(|next| !pairs.iter().any(|(_, paired)| paired == next));
        let last = self.met(old).last() == list.named().last().as_ref();
        inserted && !(last && self.has_own_lines(list))
    }

    /// An element as the new side has it, in the place of the one of the code.
    fn element(&mut self, old: Node<'_>, new: Node<'_>, element: Node<'t>) -> String {
        let value = |node: Node<'_>| node.kind() == Kind::KeyedElement;
        let values = old.named().last().zip(new.named().last()).filter(|_| value(old) && value(new));
        match values.and_then(|(old, new)| Some((new, self.found.node(old)?))) {
            Some((new, node)) => {
                let text = self.rendered_lines(new);
                let head = &self.cx.file.text()[element.start()..node.start()];
                format!("{head}{}", self.at_place(text, new, node))
            }
            None => {
                let text = self.rendered_lines(new);
                self.at_place(text, new, element)
            }
        }
    }

    /// Writes the elements of the new side that are in no pair, each behind the one before it.
    fn insert_elements(&mut self, pairs: &[(Node<'_>, Node<'_>)], news: &[Node<'_>], node: Node<'t>) {
        let file = self.cx.file;
        let all: Vec<Node<'t>> = node.named().collect();
        let close = node.children().last().map_or(node.end(), |close| close.start());
        // Each new element with the element of the code before it.
        let mut before: Option<Node<'t>> = None;
        let mut rest = pairs.iter().peekable();
        let mut groups: Vec<(Option<Node<'t>>, Vec<String>)> = Vec::new();
        let mut waiting: Vec<(Node<'t>, String)> = Vec::new();
        for new in news {
            if let Some((old, _)) = rest.next_if(|(_, paired)| paired == new) {
                before = self.met(*old).last().copied().or(before);
                if !self.alike(*old, *new)
                    && self.is_inserted_behind(*old, *new, pairs, news, node)
                    && let Some(element) = before
                {
                    let text = self.element(*old, *new, element);
                    waiting.push((element, text));
                }
                continue;
            }
            let text = self.render(*new);
            if text.is_empty() {
                continue;
            }
            match groups.last_mut().filter(|(place, _)| *place == before) {
                Some((_, texts)) => texts.push(text),
                None => groups.push((before, vec![text])),
            }
        }
        let own_lines = self.has_own_lines(node);
        for (element, own) in &waiting {
            if !groups.iter().any(|(before, _)| before.as_ref() == Some(element)) {
                self.replace(element.span(), own.clone());
            }
        }
        for (before, texts) in groups {
            let own = waiting.iter().find(|(element, _)| before.as_ref() == Some(element));
            match before {
                Some(element) if let Some((_, own)) = own => {
                    self.replace(element.span(), format!("{own}, {}", texts.join(", ")));
                }
                Some(element) if own_lines && Some(&element) == all.last() => {
                    // Below the last one, with the comment behind that.
                    let line = file.lines().line(element.end());
                    let span = file.lines().span(line);
                    let content = span.of(file.text());
                    let indent = &content[..content.len() - content.trim_start_matches(['\t', ' ']).len()];
                    let text: String =
                        texts.iter().map(|text| format!("{indent}{text},{}", file.newline())).collect();
                    let at = file.lines().whole_lines(Span::new(element.end(), element.end() + 1)).end;
                    self.replace(Span::at(at), text);
                }
                Some(element) => self.replace(Span::at(element.end()), format!(", {}", texts.join(", "))),
                None if all.is_empty() => {
                    let open = node.children().next().map_or(node.start(), |open| open.end());
                    self.replace(Span::new(open, close.max(open)), texts.join(", "));
                }
                None => {
                    let first = all[0];
                    let line_start = file.lines().span(first.line()).of(file.text());
                    let alone = line_start.len() - line_start.trim_start().len()
                        + file.lines().span(first.line()).start
                        == first.start();
                    let text = if own_lines && alone {
                        let indent = &line_start[..line_start.len() - line_start.trim_start().len()];
                        texts.iter().map(|text| format!("{text},{}{indent}", file.newline())).collect()
                    } else {
                        format!("{}, ", texts.join(", "))
                    };
                    self.replace(Span::at(first.start()), text);
                }
            }
        }
    }

    fn delete_elements(&mut self, olds: &[Node<'_>], news: &[Node<'_>], node: Node<'t>) {
        let all: Vec<Node<'t>> = node.named().collect();
        let mut new = news.iter().peekable();
        for old in olds {
            if new.next_if(|new| self.alike(*old, **new)).is_some() {
                continue;
            }
            let gone = self.met(*old);
            let (Some(first), Some(last)) = (gone.first(), gone.last()) else { continue };
            if node.kind() == Kind::FieldDeclarationList {
                for field in gone {
                    self.edits.push((field.span(), String::new()));
                    self.fix.delete_declaration(field);
                }
                continue;
            }
            if let Some(span) = self.lines_of_elements(*first, *last, node) {
                self.replace(span, String::new());
                continue;
            }
            let behind = all.iter().find(|element| element.start() >= last.end());
            let ahead = all.iter().rev().find(|element| element.end() <= first.start());
            let commas: Vec<Node<'t>> = node.children().filter(|child| child.kind() == Kind::Comma).collect();
            let comma_behind = commas.iter().find(|comma| comma.start() >= last.end());
            let comma_ahead = commas.iter().rev().find(|comma| comma.end() <= first.start());
            // A comment on the other side of the comma is the neighbour's.
            let span = match (behind, ahead) {
                (Some(behind), _) => {
                    let end = comma_behind.map_or(behind.start(), |comma| comma.end());
                    let text = &self.cx.file.text()[end..behind.start()];
                    Span::new(first.start(), end + text.len() - text.trim_start_matches([' ', '\t']).len())
                }
                (None, Some(ahead)) => {
                    Span::new(comma_ahead.map_or(ahead.end(), |comma| comma.start()), last.end())
                }
                (None, None) => Span::new(first.start(), last.end()),
            };
            self.replace(span, String::new());
        }
    }

    /// What goes with elements that have lines of their own: the lines, but for a comment behind.
    fn lines_of_elements(&self, first: Node<'t>, last: Node<'t>, list: Node<'t>) -> Option<Span> {
        let (file, text) = (self.cx.file, self.cx.file.text());
        let line = file.lines().span(file.lines().line(first.start()));
        let alone = text[line.start..first.start()].trim().is_empty();
        let comma = text[last.end()..list.end()].strip_prefix(',').filter(|_| alone)?;
        let behind = comma.split('\n').next().unwrap_or_default().trim();
        match behind {
            "" => {
                let whole = file.lines().whole_lines(Span::new(first.start(), last.end()));
                let is_last = text[whole.end..list.end()].trim_start().len() == 1;
                let above = text[..whole.start].trim_end_matches([' ', '\t', '\r', '\n']).len();
                let above = file.lines().whole_lines(Span::at(above)).end;
                Some(Span::new(if is_last { above.min(whole.start) } else { whole.start }, whole.end))
            }
            _ if behind.starts_with("//") => {
                let blanks = comma.len() - comma.trim_start_matches([' ', '\t']).len();
                Some(Span::new(first.start(), last.end() + 1 + blanks))
            }
            _ => None,
        }
    }

    /// Changes statements that follow each other.
    pub fn change_statements(&mut self, olds: &[Node<'_>], news: &[Node<'_>]) {
        // The longest common sequence of statements stays.
        let (rows, columns) = (olds.len(), news.len());
        let longest = self.longest(olds, news);
        let (mut row, mut column) = (0, 0);
        let mut last: Option<Node<'t>> = None;
        while row < rows || column < columns {
            if row < rows && column < columns && self.alike(olds[row], news[column]) {
                last = self.met(olds[row]).last().copied().or(last);
                (row, column) = (row + 1, column + 1);
                continue;
            }
            let (mut gone, mut come) = (Vec::new(), Vec::new());
            while (row < rows || column < columns)
                && !(row < rows && column < columns && self.alike(olds[row], news[column]))
            {
                if row < rows && (column == columns || longest[row + 1][column] >= longest[row][column + 1]) {
                    gone.push(olds[row]);
                    row += 1;
                } else {
                    come.push(news[column]);
                    column += 1;
                }
            }
            let next = olds.get(row).and_then(|next| self.met(*next).first().copied());
            if let Some(end) = self.replace_statements(&gone, &come) {
                last = Some(end);
                continue;
            }
            let pairs = self.partners(&gone, &come);
            for (old, new) in pairs.iter().map(|(old, new)| (&gone[*old], &come[*new])) {
                if self.is_run(*old) || self.is_run(*new) {
                    self.keep("not-nameable", new.text());
                } else {
                    self.change(*old, *new);
                    last = self.met(*old).last().copied().or(last);
                }
            }
            let mut rest = gone.iter().enumerate();
            let rest = rest.by_ref().filter(|(at, _)| !pairs.iter().any(|(old, _)| old == at));
            for (_, old) in rest {
                for node in self.met(*old) {
                    self.delete(node);
                }
            }
            // What has no partner comes behind those that have.
            let first = pairs.iter().map(|(_, new)| new + 1).max().unwrap_or(0);
            let lines: Vec<String> = come[first..]
                .iter()
                .map(|new| self.rendered_lines(*new))
                .flat_map(|text| text.split('\n').map(str::to_owned).collect::<Vec<_>>())
                .collect();
            if !lines.is_empty() {
                let place = last.or(next).map_or("", |node| self.indent(node.start()));
                let lines: Vec<String> = lines.iter().map(|line| moved(line, place)).collect();
                match (last, next) {
                    (Some(last), _) => {
                        self.edits.push((Span::at(last.end()), lines.join("\n")));
                        self.fix.insert_after(last, &lines);
                    }
                    (None, Some(next)) => {
                        self.edits.push((Span::at(next.start()), lines.join("\n")));
                        self.fix.insert_before(next, &lines);
                    }
                    (None, None) => self.keep("not-nameable", lines.join(" ")),
                }
            }
        }
    }

    /// Writes `come` in the place of the statements `gone`, where a run among those goes on in
    /// what comes: with the comments between its statements. The last statement that goes.
    fn replace_statements(&mut self, gone: &[Node<'_>], come: &[Node<'_>]) -> Option<Node<'t>> {
        let stays = |run: &Node<'_>| {
            let inside = come.iter().flat_map(|new| new.descendants());
            self.is_run(*run) && inside.into_iter().any(|part| self.alike(*run, part))
        };
        if !gone.iter().any(stays) {
            return None;
        }
        let nodes: Vec<Node<'t>> = gone.iter().flat_map(|old| self.met(*old)).collect();
        let (first, last) = (*nodes.first()?, *nodes.last()?);
        // The comment that ends the last line goes with it, where it ends a line there too.
        let behind = self.comments_with(last).into_iter().find(|comment| comment.start() >= last.end());
        self.behind_run = behind.map(|comment| (last.end(), format!(" {}", comment.text().trim_end())));
        let lines = |writer: &mut Self| {
            come.iter().map(|new| writer.rendered_lines(*new)).collect::<Vec<_>>().join("\n")
        };
        let mut text = lines(self);
        let mut end = last.end();
        if let (Some((_, comment)), Some(behind)) = (self.behind_run.take(), behind) {
            let ends_line = |(at, _): (usize, &str)| {
                let rest = &text[at + comment.len()..];
                rest.is_empty() || rest.starts_with('\n')
            };
            if text.match_indices(&comment).any(ends_line) {
                end = behind.start() + behind.text().trim_end().len();
            } else {
                text = lines(self);
            }
        }
        let text = self.indented(&text, first);
        self.replace(Span::new(first.start(), end), text);
        Some(last)
    }

    /// Deletes a statement; the comments in it and behind it stay at the place.
    pub fn delete(&mut self, node: Node<'t>) {
        if deletion(node, &[]).is_some() {
            self.edits.push((node.span(), String::new()));
            // For gopatch the comments go too.
            let comments = if self.patch.gopatch { Vec::new() } else { self.comments_with(node) };
            let Some(last) = comments.last() else { return self.fix.delete_statement(node, &[]) };
            let texts: Vec<&str> = comments.iter().map(|comment| comment.text().trim_end()).collect();
            // A comment of a line that ends with CR LF holds the CR.
            let end = last.start() + last.text().trim_end().len();
            let span = Span::new(node.start(), end.max(node.end()));
            let text = self.indented(&texts.join("\n"), node);
            self.fix.replace_in(self.cx.file, span, text);
        } else if node.parent().is_some_and(|up| {
            up.kind() == Kind::LabeledStatement && !node.is(&[Kind::LabelName, Kind::LabeledStatement])
        }) {
            // The label stays, at what follows or at nothing.
            let from = self.cx.file.text()[..node.start()].trim_end().len();
            self.replace(Span::new(from, node.end()), String::new());
        } else {
            self.keep("used-as-value", node.text());
        }
    }

    /// The comments in a statement, and the one that ends its line.
    fn comments_with(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let file = self.cx.file;
        let end = file.lines().span(file.lines().line(node.end())).end;
        let beside = |comment: &Node<'t>| {
            let between = file.text().get(node.end()..comment.start());
            comment.end() <= end && between.is_some_and(|between| between.trim().is_empty())
        };
        let comments = node.root().descendants().filter(|other| other.kind() == Kind::Comment);
        comments.filter(|comment| node.span().covers(comment.span()) || beside(comment)).collect()
    }

    /// The text of a node of the new side.
    pub fn render(&mut self, new: Node<'_>) -> String {
        unmarked(&self.rendered(new))
    }

    /// As [`ReplacementWriter::render`], with the line ends of code marked.
    pub(super) fn rendered(&mut self, new: Node<'_>) -> String {
        let leaf = new.children().next().is_none();
        if leaf && self.is_own_name(new) {
            return new.text().to_owned();
        }
        if leaf && let Some((_, text)) = self.texts.iter().find(|(name, _)| name == new.text()) {
            return text.clone();
        }
        let default = leaf.then(|| self.patch.defaults.iter().find(|(name, _)| name == new.text())).flatten();
        if let Some((_, side)) = default {
            return side.roots().first().map_or_else(String::new, |root| self.rendered(*root));
        }
        match self.patch.variable(new) {
            Some(Variable::Var(index)) => return self.bound(index, new),
            Some(Variable::Dots) => {
                let nodes = self.run_of_dots(new);
                return self.source(&nodes);
            }
            None => {}
        }
        if leaf && let Some(text) = self.patch.text(new.text()) {
            return self.text_of(text);
        }
        if let Some((path, name)) = self.patch.symbol(new) {
            let path = path.to_owned();
            let name = self.rendered(name);
            return self.qualified(&path, &name);
        }
        if leaf {
            let named = new.is(&[Kind::Identifier, Kind::TypeIdentifier, Kind::Nil, Kind::True, Kind::False]);
            if named
                && scope::resolve(new) == Def::Outside
                && is_predeclared(new.text(), self.cx.package())
                && !self.cx.is_predeclared(new.text(), self.site)
            {
                self.keep("not-nameable", new.text());
            }
            return new.text().to_owned();
        }
        if new.is(LISTS) && new.named().any(|element| self.is_run(element)) {
            let parts: Vec<String> =
                new.named().map(|element| self.rendered(element)).filter(|text| !text.is_empty()).collect();
            let brackets: Vec<&str> = new
                .children()
                .filter(|child| {
                    child.is(&[Kind::LeftParen, Kind::RightParen, Kind::LeftBrace, Kind::RightBrace])
                })
                .map(Node::text)
                .collect();
            let (open, close) =
                (brackets.first().copied().unwrap_or(""), brackets.last().copied().unwrap_or(""));
            return format!("{open}{}{close}", parts.join(", "));
        }
        if let Some(text) = self.rendered_chain(new) {
            return text;
        }
        let text = new.file().text();
        let width = indent_width(text);
        let mut out = String::new();
        let mut at = new.start();
        for child in new.children() {
            push_space(&mut out, &text[at..child.start()], width);
            out.push_str(&self.rendered(child));
            at = child.end().max(at);
        }
        push_space(&mut out, &text[at..new.end()], width);
        out
    }

    /// As [`ReplacementWriter::rendered`], with the indentation of the first line taken from
    /// those below it.
    fn rendered_lines(&mut self, new: Node<'_>) -> String {
        let text = self.rendered(new);
        let file = new.file();
        let before = &file.text()[file.lines().span(file.lines().line(new.start())).start..new.start()];
        if !before.trim().is_empty() || !text.contains('\n') {
            return text;
        }
        let mut base = String::from("\n");
        push_space(&mut base, before, indent_width(file.text()));
        text.replace(&base, "\n")
    }

    /// Whether a name is one that the new side itself declares, as a parameter of a function
    /// literal, where only a condition says what else it would be.
    fn is_own_name(&self, new: Node<'_>) -> bool {
        let by_condition = self.texts.iter().any(|(name, _)| name == new.text())
            || self.patch.defaults.iter().any(|(name, _)| name == new.text());
        let taken = self.patch.var(new.text()).is_some_and(|(index, _)| self.found.var(index).is_some());
        by_condition
            && !taken
            && matches!(scope::resolve(new), Def::Local(local) if local.name.parent().is_some_and(|up| {
                up.kind() == Kind::ParameterDeclaration && up.ancestors().any(|up| up.kind() == Kind::FuncLiteral)
            }))
    }

    /// What a text of the rule is here.
    fn text_of(&mut self, text: &Let) -> String {
        let names = MatchTexts {
            patch: self.patch,
            found: self.found,
            texts: self.texts,
            cx: self.cx,
            site: self.site,
            fault: RefCell::new(None),
            fresh: Cell::new(false),
            depth: Cell::new(0),
        };
        let made = text.value.text(&names);
        if names.fresh.get() {
            // Another fix may choose the same name.
            self.fix.claim(self.site);
        }
        if let Some(text) = made {
            let text = text.code();
            // `Name: -` in a table: the call goes.
            self.deletes |= text == "-";
            return text;
        }
        let why = format!("{} is no literal", text.value.names().next().unwrap_or_default());
        let (guard, saw) = names.fault.into_inner().unwrap_or(("where", why));
        self.keep(guard, saw);
        String::new()
    }

    /// The code that a lone `...` of the new side is.
    fn run_of_dots(&self, new: Node<'_>) -> Vec<Node<'t>> {
        let same = self.patch.dots.iter().find(|(at, _)| new.span().contains(*at));
        let Some((_, old)) = same else { return Vec::new() };
        let runs = self.found.met.iter().filter_map(|met| match met {
            super::matcher::Met::Dots(span, nodes) if span.contains(*old) => Some((span.len(), nodes)),
            _ => None,
        });
        runs.min_by_key(|(len, _)| *len).map(|(_, nodes)| nodes.clone()).unwrap_or_default()
    }

    fn bound(&mut self, index: usize, new: Node<'_>) -> String {
        let Some(nodes) = self.found.var(index) else {
            let name = self.patch.vars[index].name.clone();
            self.keep("no-variable", name);
            return String::new();
        };
        let text = self.source(nodes);
        match nodes {
            [node] if binds_tighter(*node, new) => format!("({text})"),
            _ => text,
        }
    }

    fn source(&self, nodes: &[Node<'t>]) -> String {
        let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return String::new() };
        let text = self.cx.file.text();
        let indent = self.indent(first.start());
        let mut out = String::new();
        let mut at = first.start();
        let within = Span::new(first.start(), last.end());
        for (span, new) in self.rewritten.iter().filter(|(span, _)| within.covers(*span)) {
            out.push_str(&text[at..span.start]);
            out.push_str(new);
            at = span.end;
        }
        out.push_str(&text[at..last.end()]);
        if let Some((_, comment)) = self.behind_run.as_ref().filter(|(end, _)| *end == last.end()) {
            out.push_str(comment);
        }
        marked(&out, indent)
    }

    /// Takes note of what the elements of runs become that a condition has looked at.
    pub fn rewrite_elements(&mut self, asked: &ConditionKind<'_, 't>) {
        let runs = self.patch.conditions.iter().flat_map(Condition::rewritten);
        for (run, label) in runs {
            let nodes = self.patch.var(run).and_then(|(index, _)| self.found.var(index)).unwrap_or_default();
            for node in nodes {
                let Some((part, found)) = asked.labelled(label, *node) else { continue };
                let Some(new) = &part.new else { continue };
                let texts = ConditionTexts::new();
                let mut writer = ReplacementWriter::new(part, &found, &texts, self.cx, self.site, self.fix);
                let parts: Vec<String> = new.roots().into_iter().map(|root| writer.render(root)).collect();
                if let Some((guard, saw)) = writer.kept {
                    self.keep(guard, saw);
                }
                self.rewritten.push((node.span(), parts.join(", ")));
            }
        }
        self.rewritten.sort_by_key(|(span, _)| span.start);
    }

    /// Edits the elements that stay where they are.
    pub fn finish_elements(&mut self) {
        for (span, text) in self.rewritten.clone() {
            if !self.edits.iter().any(|(edited, _)| edited.covers(span) && !edited.is_empty()) {
                self.replace(span, text);
            }
        }
    }

    /// How the symbol `name` of the package `path` is written at the site.
    fn qualified(&mut self, path: &str, name: &str) -> String {
        let place = PackagePlace::of(self.cx);
        if place.path.as_deref() == Some(path) && !place.clause.ends_with("_test") {
            if matches!(scope::resolve_name(name, self.site), Def::Local(_) | Def::Import(_)) {
                self.keep("not-nameable", name);
            }
            return name.to_owned();
        }
        if let Some(text) = self.cx.qualified(path, name, self.site) {
            return text;
        }
        let file = self.cx.file;
        let usable = |import: &&crate::syntax::Import| {
            import.path == path
                && import.name.as_ref().is_none_or(|name| name.text != "_" && name.text != ".")
        };
        let usual = default_names(path).next().unwrap_or(path).to_owned();
        if file.imports().iter().any(|import| usable(&import))
            || matches!(scope::resolve_name(&usual, self.site), Def::Local(_))
        {
            self.keep("not-nameable", path);
            return format!("{usual}.{name}");
        }
        let taken = file.imports().iter().any(|import| may_be_named(import, &usual));
        if !taken {
            let package = self.fix.import(path, self.site, self.cx);
            return format!("{package}.{name}");
        }
        let standard = !path.split('/').next().is_some_and(|first| first.contains('.'));
        let own = self
            .patch
            .imports
            .iter()
            .find(|import| import.path == path)
            .and_then(|import| import.name.clone());
        let wished = match own {
            _ if standard => format!("std{usual}"),
            Some(own) if own != usual => own,
            _ => format!("{usual}2"),
        };
        let alias = self.cx.fresh_name(&[&wished], self.site);
        self.fix.import_as(path, &alias, self.site);
        format!("{alias}.{name}")
    }
}

enum Root<'t> {
    Code(Node<'t>),
    Pattern,
}

fn unparenthesized_on<'p>(old: Node<'p>, new: Node<'_>) -> Node<'p> {
    if new.kind() == Kind::ParenthesizedExpression { old } else { unparenthesized(old) }
}

/// How many blanks of a pattern are one level of indentation.
fn indent_width(text: &str) -> usize {
    let widths = text.lines().map(|line| line.len() - line.trim_start_matches(' ').len());
    widths.filter(|width| *width > 0).min().unwrap_or(1)
}

/// Writes white space of a pattern behind `out`: its lines may be indented by blanks, of which
/// `width` are one level.
fn push_space(out: &mut String, text: &str, width: usize) {
    let start = match text.rfind('\n') {
        Some(newline) => newline + 1,
        None if out.ends_with('\n') => 0,
        None => return out.push_str(text),
    };
    let (before, indent) = text.split_at(start);
    let blanks = indent.chars().take_while(|c| *c == ' ').count();
    out.push_str(before);
    out.push_str(&"\t".repeat(blanks.div_ceil(width)));
    out.push_str(&indent[blanks..]);
}
