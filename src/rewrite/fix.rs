//! A fix under construction: edits of one or more files, and the imports that
//! they need, as sets.

use super::Cx;
use super::statement;
use crate::model::import_names::default_names;
use crate::model::import_names::may_be_named;
use crate::model::imports;
use crate::model::scope::{self, Def};
use crate::syntax::outline::{TokenKind, is_keyword, tokens};
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Overlap, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// An import that a fix needs: the path and the name that its text uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WantedImport {
    /// The import path.
    pub path: String,
    /// The alias to write; `None` when the package's own name will do.
    pub alias: Option<String>,
}

/// What a fix does to one file.
#[derive(Clone, Debug, Default)]
pub struct FileFix {
    /// The edits, over the file as the transform saw it.
    pub edits: Edits,
    /// Imports that the new text uses.
    pub imports: BTreeSet<WantedImport>,
    /// Spans whose names the fix relied on, for example to find a free one: no
    /// other fix that claims an overlapping span may join it in one pass.
    pub claims: Vec<Span>,
    /// Local names that the new text declares.
    pub declared: Vec<DeclaredName>,
}

/// A local name that a fix declares, by a statement that it inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredName {
    /// The name.
    pub name: String,
    /// What it is called where that is free; else it is that with a number.
    pub wished: &'static str,
    /// The block in which it is declared.
    pub block: Span,
    /// Where the statement begins that it is declared before.
    pub before: usize,
    /// The statement that it is declared for.
    pub user: Span,
}

impl FileFix {
    /// Calls the name that was declared as number `index` something else, in all new text.
    /// Only the fix itself uses it: it was free where it is declared and below.
    pub fn rename(&mut self, index: usize, name: String) {
        let old = std::mem::replace(&mut self.declared[index].name, name);
        let name = &self.declared[index].name;
        let renamed = self.edits.iter().map(|edit| {
            let mut text = String::with_capacity(edit.text.len());
            let (mut done, mut dotted) = (0, false);
            for (kind, span) in tokens(&edit.text, Span::new(0, edit.text.len())) {
                if kind == TokenKind::Ident && !dotted && span.of(&edit.text) == old {
                    text.push_str(&edit.text[done..span.start]);
                    text.push_str(name);
                    done = span.end;
                }
                dotted = span.of(&edit.text) == ".";
            }
            text.push_str(&edit.text[done..]);
            Edit { span: edit.span, text }
        });
        self.edits = renamed.collect::<Vec<_>>().into();
    }
}

/// A fix: all of its edits apply, in all of its files, or none.
#[derive(Clone, Debug)]
pub struct Fix {
    title: String,
    primary: PathBuf,
    files: BTreeMap<PathBuf, FileFix>,
    package_names: BTreeSet<String>,
    clash: Option<Overlap>,
}

/// The widest header that gofmt leaves an empty body beside, in bytes.
const LONGEST_HEADER: usize = 100;

impl Fix {
    /// A fix without edits, called `title`, of a site in `primary`.
    pub fn new(title: impl Into<String>, primary: &Path) -> Fix {
        Fix {
            title: title.into(),
            primary: primary.to_owned(),
            files: BTreeMap::new(),
            package_names: BTreeSet::new(),
            clash: None,
        }
    }

    /// A verb phrase.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Says more closely what this fix does.
    pub fn set_title(&mut self, title: impl Into<String>) {
        self.title = title.into();
    }

    /// What it does to each file.
    pub fn files(&self) -> &BTreeMap<PathBuf, FileFix> {
        &self.files
    }

    /// Names that it declares at the top level of the package.
    pub fn package_names(&self) -> &BTreeSet<String> {
        &self.package_names
    }

    /// The first two of its own edits that met, which is a mistake of the
    /// transform; such a fix is never applied.
    pub fn clash(&self) -> Option<Overlap> {
        self.clash
    }

    fn file(&mut self, path: &Path) -> &mut FileFix {
        self.files.entry(path.to_owned()).or_default()
    }

    fn push(&mut self, path: &Path, edit: Edit) {
        if let Err(overlap) = self.file(path).edits.push(edit) {
            self.clash.get_or_insert(overlap);
        }
    }

    /// Replaces the bytes of `span` in the site's file.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) {
        let path = self.primary.clone();
        self.push(&path, Edit { span, text: text.into() });
    }

    /// Replaces a node by `text`.
    pub fn replace_node(&mut self, node: Node<'_>, text: impl Into<String>) {
        self.push(node.file().path(), Edit { span: node.span(), text: text.into() });
    }

    /// Replaces the bytes of `span` in `file`, which may be another file of the
    /// package: ask [`super::Surroundings::out_of_reach`] in the guards.
    pub fn replace_in(&mut self, file: &File, span: Span, text: impl Into<String>) {
        self.push(file.path(), Edit { span, text: text.into() });
    }

    /// Deletes the bytes of `span` in the site's file.
    pub fn delete(&mut self, span: Span) {
        self.replace(span, "");
    }

    /// Inserts `text` at `offset` of the site's file.
    pub fn insert(&mut self, offset: usize, text: impl Into<String>) {
        self.replace(Span::at(offset), text);
    }

    /// Deletes a statement with its line, the comment behind it, and the
    /// comment above it when that belongs to it alone: nothing else follows it
    /// directly, or it speaks of one of `words`. Leaves no doubled blank line.
    ///
    /// A statement in a slot (the post of a `for`, the initializer of an `if`)
    /// cannot be deleted: ask [`super::deletion`] in the guards.
    pub fn delete_statement(&mut self, statement: Node<'_>, words: &[&str]) {
        if let Some(edit) = statement::deletion(statement, words) {
            self.push(statement.file().path(), edit);
        }
    }

    /// Deletes a function, or a field of a struct, with its lines and the comment above
    /// it; of lines that it shares, its part.
    pub fn delete_declaration(&mut self, declaration: Node<'_>) {
        let file = declaration.file();
        let comment = |at| statement::comment_at(declaration, at);
        let span = statement::removal_of_row(file, declaration.span(), &|_| true, &comment);
        self.replace_in(file, span, "");
    }

    /// Takes away all that a function does, its comments too, and leaves the
    /// braces where gofmt puts them.
    pub fn empty_body(&mut self, function: Node<'_>) {
        let Some(body) = function.body() else { return };
        let file = body.file();
        let header = &file.text()[function.start()..body.start()];
        let commented = header.contains("//") || header.contains("/*");
        let text = if header.contains('\n') || commented || header.trim_end().len() > LONGEST_HEADER {
            let line = file.lines().span(function.line()).of(file.text());
            let indent = &line[..line.len() - line.trim_start_matches('\t').len()];
            format!("{{{}{indent}}}", file.newline())
        } else {
            "{}".to_owned()
        };
        self.replace_node(body, text);
    }

    /// Writes whole statements on lines of their own before `statement`, above
    /// the comment that belongs to it, with its indentation.
    pub fn insert_before(&mut self, statement: Node<'_>, lines: &[String]) {
        let edit = statement::insertion_before(statement, lines);
        self.push(statement.file().path(), edit);
    }

    /// Writes whole statements on lines of their own before `statement`, below the comment
    /// that explains it: what is written is a part of what that comment is about.
    pub fn insert_right_before(&mut self, statement: Node<'_>, lines: &[String]) {
        let edit = statement::insertion_right_before(statement, lines);
        self.push(statement.file().path(), edit);
    }

    /// Writes whole statements on lines of their own behind `statement`.
    pub fn insert_after(&mut self, statement: Node<'_>, lines: &[String]) {
        let edit = statement::insertion_after(statement, lines);
        self.push(statement.file().path(), edit);
    }

    /// Writes whole statements on lines of their own at the head of a clause of
    /// `switch` or `select`, or of a block.
    pub fn insert_first(&mut self, clause: Node<'_>, lines: &[String]) {
        let edit = statement::insertion_first(clause, lines);
        self.push(clause.file().path(), edit);
    }

    /// Relies on the names in the function or declaration around `node`, so
    /// that no other fix that does so joins it in the same pass.
    pub fn claim(&mut self, node: Node<'_>) {
        let whole = node.ancestors().last().unwrap_or(node).span();
        self.file(node.file().path()).claims.push(whole);
    }

    /// Relies on the names in `part`, so that no other fix that does so joins it in the same
    /// pass.
    pub fn claim_within(&mut self, part: Node<'_>) {
        self.file(part.file().path()).claims.push(part.span());
    }

    /// Declares `name`, which is `wished` or that with a number, by a statement that it inserts
    /// before `at`, for the statement `user`. It has to come from [`Cx::fresh_name_before`].
    /// Of the other fixes that declare names in an overlapping block, only those for the same
    /// statement join it in the same pass, each with a name of its own.
    pub fn declare_before(&mut self, name: &str, wished: &'static str, at: Node<'_>, user: Node<'_>) {
        let (block, user) = (at.parent().unwrap_or(at).span(), user.span());
        let declared = DeclaredName { name: name.to_owned(), wished, block, before: at.start(), user };
        self.file(at.file().path()).declared.push(declared);
    }

    /// Declares `name` at the top level of the package, so that no other fix that
    /// chose the same name joins it in the same pass.
    pub fn claim_package_name(&mut self, name: impl Into<String>) {
        self.package_names.insert(name.into());
    }

    /// The local name of the package `path` at the place of `at`: that of the
    /// import the file has, if it is not shadowed there, or of one that is
    /// added, under an alias when the usual name is taken.
    pub fn import(&mut self, path: &str, at: Node<'_>, cx: &Cx<'_>) -> String {
        self.import_for(path, at, &|| vec![at], cx)
    }

    /// Adds the import of `path` to the file of `at` under the name `alias`.
    pub fn import_as(&mut self, path: &str, alias: &str, at: Node<'_>) {
        let wanted = WantedImport { path: path.to_owned(), alias: Some(alias.to_owned()) };
        self.file(at.file().path()).imports.insert(wanted);
    }

    /// Adds the import of `path` to the site's file, under the name `alias` if there is one.
    pub fn want_import(&mut self, path: &str, alias: Option<&str>) {
        let primary = self.primary.clone();
        let wanted = WantedImport { path: path.to_owned(), alias: alias.map(str::to_owned) };
        self.file(&primary).imports.insert(wanted);
    }

    /// Like [`Fix::import`], with a name for a new import that is free at all
    /// of `places` of the file, where other fixes will need it too.
    pub fn import_for<'t>(
        &mut self,
        path: &str,
        at: Node<'_>,
        places: &dyn Fn() -> Vec<Node<'t>>,
        cx: &Cx<'_>,
    ) -> String {
        if let Some(name) = cx.package_name(path, at) {
            return name;
        }
        let usual = default_names(path).next().unwrap_or(path).to_owned();
        let joined: String = path.split('/').collect();
        let numbered = (2..).map(|n| format!("{usual}{n}"));
        // In a package of the same name, the name alone would be taken for that package.
        let own = at.file().package();
        let plain = (own != usual && own.strip_suffix("_test") != Some(&usual)).then(|| usual.clone());
        // A name that stands nowhere in the file is as free in one place as in the others.
        let free = |name: &String| {
            cx.is_free(name, at)
                && (!cx.file.holds(name) || places().into_iter().all(|place| cx.is_free(name, place)))
        };
        let name = plain.into_iter().chain([joined]).chain(numbered).find(free).expect("some number is free");
        let alias = (name != usual).then(|| name.clone());
        let file = self.file(at.file().path());
        file.imports.insert(WantedImport { path: path.to_owned(), alias });
        name
    }
}

impl Cx<'_> {
    /// The name under which the package `path` is known at the place of `at`;
    /// `None` when it is not imported, imported with `_` or `.`, or shadowed.
    pub fn package_name(&self, path: &str, at: Node<'_>) -> Option<String> {
        let outline = at.file().outline();
        outline.imports.iter().filter(|import| import.path == path).find_map(|import| {
            let names: Vec<&str> = match &import.name {
                Some(alias) if alias.text == "_" || alias.text == "." => return None,
                Some(alias) => vec![&alias.text],
                None => default_names(path).take(1).collect(),
            };
            let visible = |name: &&&str| scope::resolve_name(name, at) == Def::Import(import);
            names.iter().find(visible).map(|name| (*name).to_owned())
        })
    }

    /// How to write the symbol `name` of the package `path` at the place of
    /// `at` without adding an import; `None` when it cannot be named there.
    pub fn qualified(&self, path: &str, name: &str, at: Node<'_>) -> Option<String> {
        if let Some(package) = self.package_name(path, at) {
            return Some(format!("{package}.{name}"));
        }
        let dotted = imports::is_dot_imported(at.file(), path)
            && scope::resolve_name(name, at) == Def::Outside
            && !self.package().knows(name);
        dotted.then(|| name.to_owned())
    }

    /// Whether `name` means nothing at the place of `at`, in the function
    /// around it, or at the top level of the package.
    pub fn is_free(&self, name: &str, at: Node<'_>) -> bool {
        self.is_free_within(name, at, at.ancestors().last().unwrap_or(at))
    }

    /// Like [`Cx::is_free`], for a name whose scope will be `scope`: what is
    /// called so in another block of the function does not matter.
    pub fn is_free_within(&self, name: &str, at: Node<'_>, scope: Node<'_>) -> bool {
        !scope.mentions(name).any(is_no_label) && self.means_nothing(name, at)
    }

    /// Whether `name` can be declared at the place of `at` and means nothing there yet.
    fn means_nothing(&self, name: &str, at: Node<'_>) -> bool {
        !is_keyword(name.as_bytes())
            && scope::resolve_name(name, at) == Def::Outside
            // What another file imports is known in that file only.
            && !self.package().declares(name)
            && !self.file.outline().imports.iter().any(|import| may_be_named(import, name))
    }

    /// The first of `wished` that is free at `at`, else the first of them with
    /// a number.
    pub fn fresh_name(&self, wished: &[&str], at: Node<'_>) -> String {
        self.fresh_name_within(wished, at, at.ancestors().last().unwrap_or(at))
    }

    /// Like [`Cx::fresh_name`], for a name whose scope will be `scope`.
    pub fn fresh_name_within(&self, wished: &[&str], at: Node<'_>, scope: Node<'_>) -> String {
        let plain = wished.iter().map(|name| (*name).to_owned());
        let numbered = (2..).map(|n| format!("{}{n}", wished[0]));
        let free = |name: &String| self.is_free_within(name, at, scope);
        plain.chain(numbered).find(free).expect("some number is free")
    }

    /// `wished`, or that with a number, for a name that a statement right before `at`
    /// declares: it is free when it means nothing there and nothing below in the block is
    /// called so, `gone` left out.
    pub fn fresh_name_before(&self, wished: &str, at: Node<'_>, gone: &[Node<'_>]) -> String {
        self.next_name_before(wished, at, gone, &|_| false)
    }

    /// As [`Cx::fresh_name_before`], but none of the names that are `taken`.
    pub fn next_name_before(
        &self,
        wished: &str,
        at: Node<'_>,
        gone: &[Node<'_>],
        taken: &dyn Fn(&str) -> bool,
    ) -> String {
        let list = at.parent().unwrap_or(at);
        let free = |name: &String| {
            let mut below = list.mentions(name).filter(|node| node.start() >= at.start());
            !taken(name)
                && self.means_nothing(name, at)
                && !below.any(|node| is_no_label(node) && !gone.contains(&node))
        };
        let numbered = (2..).map(|n| format!("{wished}{n}"));
        std::iter::once(wished.to_owned()).chain(numbered).find(free).expect("some number is free")
    }

    /// Whether the predeclared `name` still means what it says at `at`.
    pub fn is_predeclared(&self, name: &str, at: Node<'_>) -> bool {
        scope::resolve_name(name, at) == Def::Outside && !self.package().knows(name)
    }
}

/// Whether the identifier is a name that a block can declare.
fn is_no_label(name: Node<'_>) -> bool {
    name.kind() != Kind::LabelName
}
