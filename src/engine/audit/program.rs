//! One program: the packages of its module that it imports, and the
//! declarations that can run in it.
//!
//! What can run is told by names, and rather too much than too little: a
//! function that is mentioned counts as called, a method call reaches every
//! method of that name, and a type that is reached brings its exported methods,
//! which an interface may call.

use crate::engine::discover::{Limits, read_path};
use crate::model::imports::{default_names, is_symbol};
use crate::model::module::{ModuleInfo, Modules};
use crate::rewrite::Failure;
use crate::syntax::outline::{Code, TokenKind};
use crate::syntax::{DeclKind, File, Node};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The packages of a run, each read once.
pub(super) struct Packages {
    limits: Limits,
    read: HashMap<PathBuf, Arc<Vec<Arc<File>>>>,
    failures: BTreeMap<PathBuf, String>,
}

impl Packages {
    pub(super) fn new(limits: Limits) -> Packages {
        Packages { limits, read: HashMap::new(), failures: BTreeMap::new() }
    }

    /// The files of the package in `directory` that are no tests, whatever their
    /// build tags.
    fn of(&mut self, directory: &Path) -> Arc<Vec<Arc<File>>> {
        if let Some(known) = self.read.get(directory) {
            return Arc::clone(known);
        }
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.ends_with(".go") && !name.ends_with("_test.go") && !name.starts_with(['_', '.'])
            })
            .collect();
        paths.sort();
        let mut files = Vec::new();
        for path in paths {
            match read_path(&path, self.limits) {
                Ok(text) if is_ignored(&text) => {}
                Ok(text) => files.push(Arc::new(File::new(&path, text))),
                Err(refusal) => drop(self.failures.insert(path, refusal.to_string())),
            }
        }
        let files = Arc::new(files);
        self.read.insert(directory.to_owned(), Arc::clone(&files));
        files
    }

    /// The files that could not be read.
    pub(super) fn failures(&self, shown: &dyn Fn(&Path) -> Arc<str>) -> Vec<Failure> {
        let failure =
            |(path, reason): (&PathBuf, &String)| Failure { path: shown(path), reason: reason.clone() };
        self.failures.iter().map(failure).collect()
    }
}

/// Whether a build constraint keeps the file out of every build: `ignore`, as
/// programs for `go run` are marked.
pub(super) fn is_ignored(text: &str) -> bool {
    text.lines()
        .take_while(|line| !line.starts_with("package "))
        .any(|line| matches!(line.trim(), "//go:build ignore" | "// +build ignore"))
}

/// A declaration: the indices of its package, its file and itself.
type At = (usize, usize, usize);

/// A program and what can run in it.
pub(super) struct Program {
    /// The files of all packages of the module that it imports, its own first.
    packages: Vec<(PathBuf, Arc<Vec<Arc<File>>>)>,
    /// The declarations that can run: package, file and declaration.
    reached: BTreeSet<At>,
}

impl Program {
    /// The program of the `package main` in `directory`.
    pub(super) fn load(
        directory: &Path,
        module: Option<&ModuleInfo>,
        modules: &Modules,
        packages: &mut Packages,
    ) -> Program {
        let mut program = Program { packages: Vec::new(), reached: BTreeSet::new() };
        let mut imported: HashMap<PathBuf, usize> = HashMap::new();
        let mut pending = vec![directory.to_owned()];
        while let Some(directory) = pending.pop() {
            if imported.contains_key(&directory) {
                continue;
            }
            let files = packages.of(&directory);
            for import in files.iter().flat_map(|file| &file.outline().imports) {
                pending.extend(directory_of(&import.path, module, modules));
            }
            imported.insert(directory.clone(), program.packages.len());
            program.packages.push((directory, files));
        }
        program.follow(&imported, module, modules);
        program
    }

    /// Follows every mention from where the program begins.
    fn follow(&mut self, imported: &HashMap<PathBuf, usize>, module: Option<&ModuleInfo>, modules: &Modules) {
        let mut named: HashMap<(usize, &str), Vec<At>> = HashMap::new();
        let mut methods: HashMap<&str, Vec<At>> = HashMap::new();
        let mut of_type: HashMap<(usize, &str), Vec<At>> = HashMap::new();
        let mut pending: Vec<At> = Vec::new();
        for (package, (_, files)) in self.packages.iter().enumerate() {
            for (file, parsed) in files.iter().enumerate() {
                for (index, decl) in parsed.outline().decls.iter().enumerate() {
                    let place = (package, file, index);
                    for name in &decl.names {
                        if decl.kind == DeclKind::Method {
                            methods.entry(&name.text).or_default().push(place);
                            let receiver = decl.receiver.as_deref().unwrap_or_default();
                            if name.text.starts_with(char::is_uppercase) {
                                of_type.entry((package, receiver)).or_default().push(place);
                            }
                        } else {
                            named.entry((package, &name.text)).or_default().push(place);
                        }
                        let begins = name.text == "init" || (name.text == "main" && package == 0);
                        if decl.kind == DeclKind::Var || (decl.kind == DeclKind::Func && begins) {
                            pending.push(place);
                        }
                    }
                }
            }
        }
        let mut reached = BTreeSet::new();
        while let Some(place @ (package, file, index)) = pending.pop() {
            if !reached.insert(place) {
                continue;
            }
            let file: &File = &self.packages[package].1[file];
            let decl = &file.outline().decls[index];
            if decl.kind == DeclKind::Type {
                let of = decl.names.iter().filter_map(|name| of_type.get(&(package, name.text.as_str())));
                pending.extend(of.flatten());
            }
            let code = Code::of(file.text(), decl.span);
            for at in (0..code.len()).filter(|at| code.kind(*at) == Some(TokenKind::Ident)) {
                let name = code.text(at);
                if code.text(at.wrapping_sub(1)) != "." {
                    pending.extend(named.get(&(package, name)).into_iter().flatten());
                    continue;
                }
                let operand = code.text(at.wrapping_sub(2));
                let other = file.outline().imports.iter().find(|import| match &import.name {
                    Some(alias) => alias.text == operand,
                    None => default_names(&import.path).any(|name| name == operand),
                });
                match other {
                    Some(import) => {
                        let there = directory_of(&import.path, module, modules);
                        let there = there.and_then(|directory| imported.get(&directory));
                        let found = there.and_then(|package| named.get(&(*package, name)));
                        pending.extend(found.into_iter().flatten());
                    }
                    None => pending.extend(methods.get(name).into_iter().flatten()),
                }
            }
        }
        self.reached = reached;
    }

    /// The directories of its packages, its own first.
    pub(super) fn directories(&self) -> impl Iterator<Item = (&Path, &[Arc<File>])> {
        self.packages.iter().map(|(directory, files)| (directory.as_path(), files.as_slice()))
    }

    /// The files of its packages, and whether they are its own `package main`.
    pub(super) fn files(&self) -> impl Iterator<Item = (&File, bool)> {
        self.packages
            .iter()
            .enumerate()
            .flat_map(|(package, (_, files))| files.iter().map(move |file| (&**file, package == 0)))
    }

    /// The first import of a path for which `wanted` holds.
    pub(super) fn import(&self, wanted: impl Fn(&str) -> bool) -> Option<(&File, usize)> {
        self.files().find_map(|(file, _)| {
            let import = file.outline().imports.iter().find(|import| wanted(&import.path))?;
            Some((file, import.span.start))
        })
    }

    /// The roots of the declarations that can run and whose text holds `word`,
    /// and whether they are of the program's own `package main`.
    pub(super) fn running(&self, word: &str) -> Vec<(Node<'_>, bool)> {
        let finder = memchr::memmem::Finder::new(word);
        let with_word = |(package, file, index): &At| {
            let file = &self.packages[*package].1[*file];
            finder.find(file.outline().decls[*index].span.of(file.text()).as_bytes())?;
            Some((file.decl(*index)?, *package == 0))
        };
        self.reached.iter().filter_map(with_word).collect()
    }

    /// The mentions of a symbol in what can run, and whether they stand in the
    /// program's own `package main`.
    pub(super) fn mentions(&self, path: &str, name: &str) -> Vec<(Node<'_>, bool)> {
        let is = |node: &Node<'_>| {
            node.is(&["selector_expression", "qualified_type", "identifier"]) && is_symbol(*node, path, name)
        };
        let mut found = Vec::new();
        for (root, own) in self.running(name) {
            found.extend(root.descendants().filter(is).map(|node| (node, own)));
        }
        found
    }
}

/// The directory of a package of the module itself.
fn directory_of(path: &str, module: Option<&ModuleInfo>, modules: &Modules) -> Option<PathBuf> {
    let module = module?;
    let below = path.strip_prefix(module.path()?)?;
    let directory = match below.strip_prefix('/') {
        Some(below) => module.dir.join(below),
        None if below.is_empty() => module.dir.clone(),
        None => return None,
    };
    let within = modules.module_of(&directory.join("x.go")).is_some_and(|other| other.dir == module.dir);
    (within && directory.is_dir()).then_some(directory)
}
