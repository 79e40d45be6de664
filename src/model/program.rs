//! One program: the packages of its module that it imports, and the
//! declarations that can run in it.
//!
//! What can run is told by names, and rather too much than too little: a
//! function that is mentioned counts as called, a method call reaches every
//! method of that name, and a type that is reached brings its exported methods,
//! which an interface may call.

use super::imports::is_symbol;
use crate::model::import_names::is_default_name;
use crate::syntax::byte_checks::is_word;
use crate::syntax::outline::{DeclTokens, TokenKind};
use crate::syntax::{DeclKind, File, Import, Kind, Node};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a package that are no tests.
pub type PackageFiles = Arc<Vec<Arc<File>>>;

/// Whether a build constraint keeps the file out of every build: `ignore`, as
/// programs for `go run` are marked.
pub fn is_ignored(text: &str) -> bool {
    text.lines()
        .take_while(|line| !line.starts_with("package "))
        .any(|line| matches!(line.trim(), "//go:build ignore" | "// +build ignore"))
}

/// Whether the file at `path` can be part of a program: no test, and nothing
/// that the go command passes by.
pub fn may_be_built(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".go") && !name.ends_with("_test.go") && !name.starts_with(['_', '.'])
}

/// A declaration: the indices of its package, its file and itself.
type DeclarationPlace = (usize, usize, usize);

/// A program and what can run in it.
pub struct Program {
    /// The files of all packages of the module that it imports, its own first.
    packages: Vec<(PathBuf, PackageFiles)>,
    /// The indices of those by their import paths.
    imported: HashMap<String, usize>,
    /// The declarations that can run: package, file and declaration.
    reached: BTreeSet<DeclarationPlace>,
}

impl Program {
    /// The program of the `package main` in `directory` with these `files`.
    /// `package` gives the directory and the files of an import path of the
    /// module, and nothing for any other path.
    pub fn load(
        directory: &Path,
        files: PackageFiles,
        package: &mut dyn FnMut(&str) -> Option<(PathBuf, PackageFiles)>,
    ) -> Program {
        let mut program = Program {
            packages: vec![(directory.to_owned(), files)],
            imported: HashMap::new(),
            reached: BTreeSet::new(),
        };
        // The packages of the module by their import paths.
        let mut imported: HashMap<String, usize> = HashMap::new();
        let mut foreign: HashSet<String> = HashSet::new();
        let mut next = 0;
        while let Some((_, files)) = program.packages.get(next) {
            let files = Arc::clone(files);
            next += 1;
            for import in files.iter().flat_map(|file| file.imports()) {
                if imported.contains_key(&import.path) || foreign.contains(&import.path) {
                    continue;
                }
                match package(&import.path) {
                    Some(found) => {
                        imported.insert(import.path.clone(), program.packages.len());
                        program.packages.push(found);
                    }
                    None => drop(foreign.insert(import.path.clone())),
                }
            }
        }
        program.follow(&imported);
        program.imported = imported;
        program
    }

    /// The files of the package in `directory`, when the program has it.
    pub fn files_of(&self, directory: &Path) -> &[Arc<File>] {
        let package = self.packages.iter().find(|(path, _)| path == directory);
        package.map_or(&[], |(_, files)| files.as_slice())
    }

    /// Follows every mention from where the program begins.
    fn follow(&mut self, imported: &HashMap<String, usize>) {
        let mut named: HashMap<(usize, &str), Vec<DeclarationPlace>> = HashMap::new();
        let mut methods: HashMap<&str, Vec<DeclarationPlace>> = HashMap::new();
        let mut of_type: HashMap<(usize, &str), Vec<DeclarationPlace>> = HashMap::new();
        let mut pending: Vec<DeclarationPlace> = Vec::new();
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
        // What stands before a dot in a file is mostly one of few names.
        let mut operands: HashMap<(usize, usize, &str), Option<&Import>> = HashMap::new();
        while let Some(place @ (package, file_index, index)) = pending.pop() {
            if !reached.insert(place) {
                continue;
            }
            let file: &File = &self.packages[package].1[file_index];
            let decl = &file.outline().decls[index];
            if decl.kind == DeclKind::Type {
                let of = decl.names.iter().filter_map(|name| of_type.get(&(package, name.text.as_str())));
                pending.extend(of.flatten());
            }
            let code = DeclTokens::of(file.text(), decl.span);
            for at in (0..code.len()).filter(|at| code.kind(*at) == Some(TokenKind::Ident)) {
                let name = code.text(at);
                if code.text(at.wrapping_sub(1)) != "." {
                    pending.extend(named.get(&(package, name)).into_iter().flatten());
                    continue;
                }
                let operand = code.text(at.wrapping_sub(2));
                let other = operands.entry((package, file_index, operand)).or_insert_with(|| {
                    file.outline().imports.iter().find(|import| match &import.name {
                        Some(alias) => alias.text == operand,
                        None => is_default_name(operand, &import.path),
                    })
                });
                match other {
                    Some(import) => {
                        let there = imported.get(&import.path);
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
    pub fn directories(&self) -> impl Iterator<Item = (&Path, &[Arc<File>])> {
        self.packages.iter().map(|(directory, files)| (directory.as_path(), files.as_slice()))
    }

    /// The directory of a package of the module that it imports.
    pub fn directory_of(&self, import: &str) -> Option<&Path> {
        self.imported.get(import).map(|package| self.packages[*package].0.as_path())
    }

    /// The files of its packages, and whether they are its own `package main`.
    pub fn files(&self) -> impl Iterator<Item = (&File, bool)> {
        self.packages
            .iter()
            .enumerate()
            .flat_map(|(package, (_, files))| files.iter().map(move |file| (&**file, package == 0)))
    }

    /// The first import of a path for which `wanted` holds.
    pub fn import(&self, wanted: impl Fn(&str) -> bool) -> Option<(&File, usize)> {
        self.files().find_map(|(file, _)| {
            let import = file.outline().imports.iter().find(|import| wanted(&import.path))?;
            Some((file, import.span.start))
        })
    }

    /// The roots of the declarations that can run and whose text holds `word`,
    /// and whether they are of the program's own `package main`. With `importing`, only those
    /// of files that import this path.
    pub fn running(&self, word: &str, importing: Option<&str>) -> Vec<(Node<'_>, bool)> {
        let finder = memchr::memmem::Finder::new(word);
        let with_word = |(package, file, index): &DeclarationPlace| {
            let file = &self.packages[*package].1[*file];
            let imports = |path: &str| file.imports().iter().any(|import| import.path == path);
            if !importing.is_none_or(imports) {
                return None;
            }
            let text = file.outline().decls[*index].span.of(file.text()).as_bytes();
            finder.find_iter(text).find(|at| is_word(text, *at, at + word.len()))?;
            Some((file.decl(*index)?, *package == 0))
        };
        self.reached.iter().filter_map(with_word).collect()
    }

    /// The mentions of a symbol in what can run, and whether they stand in the
    /// program's own `package main`.
    pub fn mentions(&self, path: &str, name: &str) -> Vec<(Node<'_>, bool)> {
        let is = |node: &Node<'_>| {
            node.is(&[Kind::SelectorExpression, Kind::QualifiedType, Kind::Identifier])
                && is_symbol(*node, path, name)
        };
        let mut found = Vec::new();
        for (root, own) in self.running(name, Some(path)) {
            found.extend(root.descendants().filter(is).map(|node| (node, own)));
        }
        found
    }
}
