//! All files of one directory that share a package clause, skipped ones and
//! those under other build tags included: they decide which names are taken.

use super::scope;
use crate::model::import_names::names_of;
use crate::syntax::{DeclKind, File, Memo, Node, NodeId, TopLevel, byte_checks};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

/// Finds the files of a package.
type Find = Box<dyn FnOnce() -> Arc<PackageSources> + Send + Sync>;

/// A file that may be one of a package. It is read when a question first comes to it: many are
/// answered by the files before it.
pub struct PackageFile {
    path: PathBuf,
    file: LazyLock<Option<Arc<File>>, ReadFile>,
}

/// Reads a file; nothing when it is none of the package.
type ReadFile = Box<dyn FnOnce() -> Option<Arc<File>> + Send + Sync>;

impl PackageFile {
    /// The file at `path`, which `read` gives.
    pub fn at(
        path: PathBuf,
        read: impl FnOnce() -> Option<Arc<File>> + Send + Sync + 'static,
    ) -> PackageFile {
        PackageFile { path, file: LazyLock::new(Box::new(read)) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn get(&self) -> Option<&Arc<File>> {
        self.file.as_ref()
    }
}

impl From<Arc<File>> for PackageFile {
    fn from(file: Arc<File>) -> PackageFile {
        PackageFile::at(file.path().to_owned(), || Some(file))
    }
}

impl fmt::Debug for PackageFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

/// The files of a package. They are asked for when a question first needs them: most
/// sites are decided by their own file.
#[derive(Debug)]
pub struct Package {
    sources: LazyLock<Arc<PackageSources>, Find>,
}

/// The files of a package with what was asked of them, so that a name is looked for in all
/// files once and not for each site.
#[derive(Debug, Default)]
pub struct PackageSources {
    /// In the order of their names.
    files: Vec<PackageFile>,
    /// The files that declare a name, by what was asked.
    asked: Mutex<Declaring>,
    /// The files that declare each name: made when many names were asked for.
    declared: OnceLock<Declaring>,
    /// The names that imports of the files may have.
    imported: OnceLock<HashSet<Box<str>>>,
    answers: Memo<(&'static str, Option<At>)>,
    /// Answers about names.
    named: Memo<(&'static str, Box<str>)>,
}

/// A node of the package: the place of its file, where its declaration starts, and which
/// node of that it is.
type At = (u32, usize, NodeId);

/// The places of the files that declare a name.
type Declaring = HashMap<(Scope, Box<str>), Arc<[u32]>>;

/// Which declarations of a file are meant.
type NamePlaces<'a> = dyn Fn((&Arc<File>, &TopLevel)) -> Vec<usize> + 'a;

/// What a name is looked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
    /// In the package's scope.
    Package,
    /// As a method.
    Method,
}

/// How many names are looked for one by one in the text of the files. Then an index of all
/// names, for which each file must be outlined, is cheaper.
const ONE_BY_ONE: usize = 256;

impl PackageSources {
    /// Of these files, which are in the order of their names.
    pub fn new(files: Vec<PackageFile>) -> PackageSources {
        PackageSources { files, ..PackageSources::default() }
    }

    /// The files with their places.
    fn places(&self) -> impl Iterator<Item = (u32, &Arc<File>)> {
        self.files.iter().enumerate().filter_map(|(at, file)| Some((at as u32, file.get()?)))
    }

    /// The place of `file`, where it stands here, and is not what edits made of one.
    fn place_of(&self, file: &File) -> Option<u32> {
        let known = self.files.binary_search_by(|known| known.path.as_path().cmp(file.path())).ok()?;
        let same = |known: &Arc<File>| std::ptr::eq(&**known, file) || known.text() == file.text();
        self.files[known].get().is_some_and(same).then_some(known as u32)
    }

    /// The places of the files that declare `name`.
    fn declaring(&self, scope: Scope, name: &str) -> Arc<[u32]> {
        if let Some(index) = self.declared.get() {
            return index.get(&(scope, name.into())).cloned().unwrap_or_default();
        }
        let key = (scope, Box::from(name));
        let lock = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = {
            let asked = lock();
            if let Some(known) = asked.get(&key) {
                return Arc::clone(known);
            }
            asked.len()
        };
        if count >= ONE_BY_ONE {
            self.declared.get_or_init(|| self.index());
            return self.declaring(scope, name);
        }
        let declares = |file: &File| match scope {
            Scope::Package => {
                may_declare(file, name) && scope::top_level(file).declared(name).next().is_some()
            }
            Scope::Method => {
                may_have_method(file, name) && scope::top_level(file).methods(name).next().is_some()
            }
        };
        let found: Arc<[u32]> = self.places().filter(|(_, file)| declares(file)).map(|(at, _)| at).collect();
        lock().insert(key, Arc::clone(&found));
        found
    }

    fn index(&self) -> Declaring {
        let mut index: HashMap<(Scope, Box<str>), Vec<u32>> = HashMap::new();
        for (at, file) in self.places() {
            let top: &TopLevel = scope::top_level(file);
            let package = top.all_declared().map(|name| (Scope::Package, name.into()));
            for key in package.chain(top.all_methods().map(|name| (Scope::Method, name.into()))) {
                index.entry(key).or_default().push(at);
            }
        }
        index.into_iter().map(|(key, files)| (key, files.into())).collect()
    }
}

impl Package {
    /// A package of these files.
    pub fn new(files: Vec<Arc<File>>) -> Package {
        let files = files.into_iter().map(PackageFile::from).collect();
        Package::of(move || Arc::new(PackageSources::new(files)))
    }

    /// A package of what `find` gives, which others may share.
    pub fn of(find: impl FnOnce() -> Arc<PackageSources> + Send + Sync + 'static) -> Package {
        Package { sources: LazyLock::new(Box::new(find)) }
    }

    /// The files, in the order of their names. Each is read when the iterator comes to it.
    pub fn files(&self) -> impl DoubleEndedIterator<Item = &Arc<File>> + Clone {
        self.sources.files.iter().filter_map(PackageFile::get)
    }

    /// The files with their places, by which [`Package::file`] knows them.
    pub fn places(&self) -> impl Iterator<Item = (u32, &Arc<File>)> {
        self.sources.places()
    }

    /// The file at a place that [`Package::places`] gave.
    pub fn file(&self, place: u32) -> &Arc<File> {
        self.sources.files[place as usize].get().expect("it was there when the place was told")
    }

    /// The answer to a question about the package, worked out once. It may depend on
    /// nothing but the files, and `question` must be a name that no other question has.
    pub fn remember<T: Clone + Send + Sync + 'static>(
        &self,
        question: &'static str,
        answer: impl FnOnce() -> T,
    ) -> T {
        (*self.sources.answers.get((question, None), answer)).clone()
    }

    /// As [`Package::remember`], of a question about `node`, which stands in a file of the
    /// package.
    pub fn remember_of<T: Clone + Send + Sync + 'static>(
        &self,
        node: Node<'_>,
        question: &'static str,
        answer: impl FnOnce() -> T,
    ) -> T {
        let Some(file) = self.sources.place_of(node.file()) else { return answer() };
        let at = (file, node.root().start(), node.place());
        (*self.sources.answers.get((question, Some(at)), answer)).clone()
    }

    /// As [`Package::remember`], of a question about `name`.
    pub fn remember_name<T: Send + Sync + 'static>(
        &self,
        name: &str,
        question: &'static str,
        answer: impl FnOnce() -> T,
    ) -> Arc<T> {
        self.sources.named.get((question, name.into()), answer)
    }

    /// Whether any file of the package declares `name` at top level.
    pub fn declares(&self, name: &str) -> bool {
        // What is called so is never meant by a name.
        !matches!(name, "_" | "init") && !self.sources.declaring(Scope::Package, name).is_empty()
    }

    /// Whether any file of the package declares or imports `name`.
    pub fn knows(&self, name: &str) -> bool {
        let imported = self.sources.imported.get_or_init(|| {
            let imports = self.files().flat_map(|file| file.imports());
            imports.flat_map(names_of).map(Box::from).collect()
        });
        imported.contains(name) || self.declares(name)
    }

    /// Whether any file imports `path`.
    pub fn imports(&self, path: &str) -> bool {
        self.files().any(|file| super::imports::imports(file, path))
    }

    /// The declarations at top level that declare `name`; several under
    /// different build tags.
    pub fn declarations(&self, name: &str) -> Vec<Node<'_>> {
        self.found(Scope::Package, name, &|(_, top)| top.declared(name).collect())
    }

    /// The methods called `name` on any receiver, or on the type `receiver`.
    pub fn methods(&self, receiver: Option<&str>, name: &str) -> Vec<Node<'_>> {
        self.found(Scope::Method, name, &|(file, top)| {
            let of = |index: &usize| file.outline().decls[*index].receiver.as_deref();
            top.methods(name)
                .filter(|index| receiver.is_none_or(|wanted| of(index) == Some(wanted)))
                .collect()
        })
    }

    /// The functions called `name`, or the methods of that name on any receiver,
    /// in whose text one of `words` stands: the others are not parsed.
    pub fn functions_saying(&self, name: &str, methods: bool, words: &[&str]) -> Vec<Node<'_>> {
        let scope = if methods { Scope::Method } else { Scope::Package };
        self.found(scope, name, &|(file, top)| {
            let decl = |index: &usize| &file.outline().decls[*index];
            let says = |index: &usize| {
                let text = decl(index).span.of(file.text());
                words.iter().any(|word| text.contains(*word))
            };
            if methods {
                top.methods(name).filter(says).collect()
            } else {
                let is_function = |index: &usize| decl(index).kind == DeclKind::Func;
                top.declared(name).filter(is_function).filter(says).collect()
            }
        })
    }

    /// The declarations at the `places` of each file that declares `name`.
    fn found(&self, scope: Scope, name: &str, places: &NamePlaces<'_>) -> Vec<Node<'_>> {
        let mut found = Vec::new();
        for at in self.sources.declaring(scope, name).iter() {
            let file = self.file(*at);
            for index in places((file, scope::top_level(file))) {
                found.extend(file.decl(index).and_then(|root| root.named().next()));
            }
        }
        found
    }

    /// Whether a declaration that satisfies `wanted` cannot be read, so that
    /// [`Package::declarations`] and [`Package::methods`] do not show it.
    pub fn broken(&self, wanted: impl Fn(&crate::syntax::Decl) -> bool) -> bool {
        self.files().any(|file| {
            let decls = file.outline().decls.iter().enumerate();
            decls.filter(|(_, decl)| wanted(decl)).any(|(index, _)| file.fault(index).is_some())
        })
    }
}

fn may_declare(file: &File, name: &str) -> bool {
    file.is_outlined() || (file.may_name(name) && byte_checks::may_declare(file.text().as_bytes(), name))
}

fn may_have_method(file: &File, name: &str) -> bool {
    file.is_outlined()
        || (file.may_name(name) && byte_checks::may_declare_method(file.text().as_bytes(), name))
}
