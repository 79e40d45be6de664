//! Files that import each other in a loop: few, and each loop inside one folder. What two files need of
//! each other goes into a file that both import.
//!
//! A path counts as an import of the file that defines what it names: `use` lines, whole paths in the
//! code (`crate::a::b()`), and names that a module hands on with `pub use`. A `mod` line is no import, nor is
//! a `pub use` whose name the file itself does not use; what `#[cfg(test)]` guards is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// How many loops may stay.
const MOST: usize = 3;

/// A module path, from the root of the crate, without the word `crate`.
type ModulePath = Vec<String>;

/// One module: a file, or a `mod name { }` in a file.
#[derive(Default)]
struct Module {
    file: usize,
    /// What its own lines define, submodules left out.
    items: BTreeSet<String>,
    /// The names that `use` lines bind, with the paths that stand behind them.
    bound: BTreeMap<String, Vec<ModulePath>>,
    /// Those that it hands on (`pub use`).
    handed_on: BTreeSet<String>,
    /// The modules whose names it takes all (`use a::*`).
    globs: Vec<ModulePath>,
    /// The paths in its code, the `use` lines left out.
    paths: Vec<ModulePath>,
    /// The words of its code.
    words: BTreeSet<String>,
}

#[derive(Default)]
struct Crate {
    files: Vec<String>,
    modules: BTreeMap<ModulePath, Module>,
}

/// The words, texts and signs of `code`: comments, characters and lifetimes are left out.
fn tokens(code: &str) -> Vec<String> {
    let bytes: Vec<char> = code.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let char_at = |at: usize| bytes.get(at).copied().unwrap_or('\0');
    while at < bytes.len() {
        let c = bytes[at];
        if c == '/' && char_at(at + 1) == '/' {
            while at < bytes.len() && bytes[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && char_at(at + 1) == '*' {
            let mut depth = 0;
            loop {
                match (char_at(at), char_at(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
                if depth == 0 || at >= bytes.len() {
                    break;
                }
            }
        } else if c == '"' {
            let start = at;
            at += 1;
            while at < bytes.len() && bytes[at] != '"' {
                at += if bytes[at] == '\\' { 2 } else { 1 };
            }
            found.push(bytes[start..at.min(bytes.len())].iter().collect());
            at += 1;
        } else if c == '\'' {
            // A character, or a lifetime.
            if char_at(at + 1) == '\\' {
                at += 3;
                while at < bytes.len() && bytes[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if char_at(at + 2) == '\'' {
                at += 3;
            } else {
                at += 1;
                while char_at(at).is_alphanumeric() || char_at(at) == '_' {
                    at += 1;
                }
            }
        } else if c.is_alphanumeric() || c == '_' {
            let start = at;
            while char_at(at).is_alphanumeric() || char_at(at) == '_' {
                at += 1;
            }
            let word: String = bytes[start..at].iter().collect();
            let raw = matches!(word.as_str(), "r" | "br") && matches!(char_at(at), '"' | '#');
            let hashes = bytes[at..].iter().take_while(|c| **c == '#').count();
            if raw && char_at(at + hashes) == '"' {
                at += hashes + 1;
                let close =
                    |at: usize| char_at(at) == '"' && (1..=hashes).all(|more| char_at(at + more) == '#');
                while at < bytes.len() && !close(at) {
                    at += 1;
                }
                at += hashes + 1;
            } else {
                found.push(word);
            }
        } else if c == ':' && char_at(at + 1) == ':' {
            found.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                found.push(c.to_string());
            }
            at += 1;
        }
    }
    found
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The index behind the bracket that closes the one at `open`.
fn behind(tokens: &[String], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The index behind the item at `at`: its block, or its semicolon.
fn behind_item(tokens: &[String], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => return behind(tokens, at),
            "(" | "[" => at = behind(tokens, at),
            ";" | "," => return at + 1,
            "}" => return at,
            _ => at += 1,
        }
    }
    at
}

impl Crate {
    /// The crate at `home`, whose root is `src/lib.rs`.
    fn read(home: &Path) -> Crate {
        let mut found = Crate::default();
        found.read_file(home, &home.join("src/lib.rs"), &home.join("src"), &[]);
        found
    }

    /// Reads the module `path` from `file`; the files of its submodules stand in `folder`.
    fn read_file(&mut self, home: &Path, file: &Path, folder: &Path, path: &[String]) {
        let code = fs::read_to_string(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let tokens = tokens(&code);
        let name = file.strip_prefix(home).unwrap().to_str().unwrap().replace('\\', "/");
        self.files.push(name);
        let number = self.files.len() - 1;
        let mut children = Vec::new();
        self.read_module(&tokens, number, path, &mut children);
        for (child, given) in children {
            let below = [path, std::slice::from_ref(&child)].concat();
            let inner = folder.join(&child);
            if given.is_empty() {
                let plain = folder.join(format!("{child}.rs"));
                let file = if plain.exists() { plain } else { inner.join("mod.rs") };
                self.read_file(home, &file, &inner, &below);
            }
            for (number, given) in given.iter().enumerate() {
                let beside = file.parent().unwrap();
                let file = match given.strip_prefix("../") {
                    Some(given) => beside.with_file_name(given),
                    None => beside.join(given),
                };
                // The same module for another system goes by a name of its own.
                let mut below = below.clone();
                below.extend((number > 0).then(|| number.to_string()));
                self.read_file(home, &file, file.parent().unwrap(), &below);
            }
        }
    }

    fn read_module(
        &mut self,
        tokens: &[String],
        file: usize,
        path: &[String],
        children: &mut Vec<(String, Vec<String>)>,
    ) {
        let mut module = Module { file, ..Module::default() };
        let mut given = Vec::new();
        let mut at = 0;
        let mut depth = 0_usize;
        let word = |at: usize| tokens.get(at).map_or("", String::as_str);
        while at < tokens.len() {
            let cfg_test = ["#", "[", "cfg", "(", "test", ")", "]"];
            if cfg_test.iter().enumerate().all(|(more, token)| word(at + more) == *token) {
                at = behind_item(tokens, at + cfg_test.len());
                continue;
            }
            let token = word(at);
            let before = at.checked_sub(1).map_or("", &word);
            let named = word(at + 1);
            match token {
                "{" => depth += 1,
                "}" => depth -= 1,
                "path" if named == "=" => given.extend(word(at + 2).strip_prefix('"').map(str::to_owned)),
                "use" if named != "<" => {
                    let end = behind_use(tokens, at);
                    for (target, alias) in use_tree(&tokens[at + 1..end], &[]) {
                        let target = absolute(&target, path);
                        match alias {
                            Some(alias) => {
                                if matches!(before, "pub" | ")") {
                                    module.handed_on.insert(alias.clone());
                                }
                                module.bound.entry(alias).or_default().push(target);
                            }
                            None => module.globs.push(target),
                        }
                    }
                    at = end;
                    continue;
                }
                "mod" if word(at + 2) == ";" => {
                    children.push((named.to_owned(), std::mem::take(&mut given)));
                    at += 3;
                    continue;
                }
                "mod" if word(at + 2) == "{" => {
                    let end = behind(tokens, at + 2);
                    let mut below = path.to_vec();
                    below.push(named.to_owned());
                    self.read_module(&tokens[at + 3..end - 1], file, &below, children);
                    at = end;
                    continue;
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "static" | "union" | "const"
                | "macro_rules"
                    if depth == 0 =>
                {
                    let named = if matches!(named, "!" | "mut") { word(at + 2) } else { named };
                    if is_word(named) {
                        module.items.insert(named.to_owned());
                    }
                }
                _ => {}
            }
            if is_word(token) && before != "::" && before != "." {
                let mut whole = vec![token.to_owned()];
                let mut end = at + 1;
                while word(end) == "::" && is_word(word(end + 1)) {
                    whole.push(word(end + 1).to_owned());
                    end += 2;
                }
                module.words.insert(token.to_owned());
                if whole.len() > 1 {
                    module.paths.push(whole);
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        self.modules.insert(path.to_vec(), module);
    }

    /// The file that defines what the absolute `path` names, as seen through `pub use`.
    fn file_of(&self, path: &[String], fuel: usize) -> Option<usize> {
        let fuel = fuel.checked_sub(1)?;
        let mut module: ModulePath = Vec::new();
        for (at, word) in path.iter().enumerate() {
            let mut below = module.clone();
            below.push(word.clone());
            if self.modules.contains_key(&below) {
                module = below;
                continue;
            }
            let here = &self.modules[&module];
            if here.items.contains(word) {
                return Some(here.file);
            }
            let with_rest = |target: &ModulePath| {
                let mut whole = target.clone();
                whole.extend_from_slice(&path[at + 1..]);
                self.file_of(&whole, fuel)
            };
            if let Some(targets) = here.bound.get(word) {
                return targets.iter().find_map(with_rest);
            }
            return here.globs.iter().find_map(|glob| {
                let mut whole = glob.clone();
                whole.extend_from_slice(&path[at..]);
                self.file_of(&whole, fuel)
            });
        }
        // A module by itself is no definition: what is taken from it is a longer path.
        None
    }

    /// The imports of each file, by number, with what each names.
    fn imports(&self) -> BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> {
        const FUEL: usize = 12;
        let mut found: BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> = BTreeMap::new();
        for (path, module) in &self.modules {
            let mut add = |target: &[String]| {
                if let Some(file) = self.file_of(target, FUEL)
                    && file != module.file
                {
                    let names = found.entry(module.file).or_default().entry(file).or_default();
                    names.insert(target.join("::"));
                }
            };
            for (name, targets) in &module.bound {
                // What is only handed on is an import of those who take it.
                if !module.handed_on.contains(name) || module.words.contains(name) {
                    targets.iter().for_each(|target| add(target));
                }
            }
            for glob in &module.globs {
                for word in &module.words {
                    add(&[glob.as_slice(), std::slice::from_ref(word)].concat());
                }
            }
            for whole in &module.paths {
                let first = &whole[0];
                let mut own = path.clone();
                own.push(first.clone());
                if matches!(first.as_str(), "crate" | "self" | "super") || self.modules.contains_key(&own) {
                    add(&absolute(whole, path));
                } else if let Some(targets) = module.bound.get(first) {
                    for target in targets {
                        add(&[target, &whole[1..]].concat());
                    }
                }
            }
        }
        found
    }
}

/// The index behind the semicolon of the `use` at `at`.
fn behind_use(tokens: &[String], at: usize) -> usize {
    tokens[at..].iter().position(|token| token == ";").map_or(tokens.len(), |more| at + more + 1)
}

/// The paths of a `use` tree with the names that they bind; a glob binds none.
fn use_tree(tokens: &[String], before: &[String]) -> Vec<(ModulePath, Option<String>)> {
    let mut found = Vec::new();
    let mut path = before.to_vec();
    let mut alias = None;
    let mut glob = false;
    let mut grouped = false;
    let mut at = 0;
    let finish = |path: &mut ModulePath,
                  alias: &mut Option<String>,
                  glob: &mut bool,
                  grouped: &mut bool,
                  found: &mut Vec<(ModulePath, Option<String>)>| {
        if !*grouped && (path.len() > before.len() || *glob) {
            if path.len() > 1 && path.last().is_some_and(|word| word == "self") {
                path.pop();
            }
            let name = alias.take().or_else(|| path.last().cloned());
            found.push((path.clone(), if *glob { None } else { name }));
        }
        *path = before.to_vec();
        (*alias, *glob, *grouped) = (None, false, false);
    };
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" | "$" => {}
            "{" => {
                let end = behind(tokens, at);
                found.extend(use_tree(&tokens[at + 1..end - 1], &path));
                grouped = true;
                at = end;
                continue;
            }
            "," | ";" => finish(&mut path, &mut alias, &mut glob, &mut grouped, &mut found),
            "*" => glob = true,
            "as" => {
                alias = tokens.get(at + 1).cloned();
                at += 1;
            }
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    finish(&mut path, &mut alias, &mut glob, &mut grouped, &mut found);
    found
}

/// `path` as written in the module `here`, from the root of the crate.
fn absolute(path: &[String], here: &[String]) -> ModulePath {
    let mut whole = here.to_vec();
    for (at, word) in path.iter().enumerate() {
        match word.as_str() {
            "crate" if at == 0 => whole.clear(),
            "self" if at == 0 => {}
            "super" => drop(whole.pop()),
            _ => whole.push(word.clone()),
        }
    }
    whole
}

/// The groups of two and more that reach each other.
fn loops(imports: &BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>) -> Vec<Vec<usize>> {
    let reach = |from: usize| {
        let mut found = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(one) = pending.pop() {
            for next in imports.get(&one).into_iter().flat_map(BTreeMap::keys) {
                if found.insert(*next) {
                    pending.push(*next);
                }
            }
        }
        found
    };
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        imports.keys().map(|file| (*file, reach(*file))).collect();
    let mut found: BTreeSet<Vec<usize>> = BTreeSet::new();
    for (file, others) in &reached {
        if others.contains(file) {
            let same = |other: &&usize| reached.get(other).is_some_and(|back| back.contains(file));
            found.insert(others.iter().filter(same).copied().collect());
        }
    }
    found.into_iter().collect()
}

/// The loops of a crate: each with the folder it stands in and what ties it.
fn report(of: &Crate) -> Vec<(Vec<String>, String)> {
    let imports = of.imports();
    let mut found = Vec::new();
    for members in loops(&imports) {
        let mut ties = String::new();
        for from in &members {
            for (to, names) in imports[from].iter().filter(|(to, _)| members.contains(to)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                ties += &format!("  {} -> {}: {}\n", of.files[*from], of.files[*to], names.join(", "));
            }
        }
        found.push((members.iter().map(|file| of.files[*file].clone()).collect(), ties));
    }
    found
}

#[test]
fn few_files_import_each_other_in_a_loop() {
    let found = report(&Crate::read(Path::new(env!("CARGO_MANIFEST_DIR"))));
    let text: String = found.iter().map(|(files, ties)| format!("{} files\n{ties}", files.len())).collect();
    let folder = |file: &String| file.rsplit_once('/').unwrap().0.to_owned();
    let across = found.iter().any(|(files, _)| files.iter().map(folder).collect::<BTreeSet<_>>().len() > 1);
    assert!(found.len() <= MOST && !across, "{} loops:\n{text}", found.len());
}

#[test]
fn every_way_to_import_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let files = [
        ("lib.rs", "pub mod a;\npub mod b;\npub mod c;\npub mod e;\n"),
        ("a.rs", "mod inner;\npub use inner::{Named as Handed, Other};\npub fn top() {}\n"),
        ("a/inner.rs", "pub struct Named;\npub struct Other;\nfn f() -> u8 { crate::b::g() }\n"),
        ("b.rs", "use crate::{a::Handed, e};\nfn f<'a>(_: &'a Handed) {}\npub fn g() -> u8 { e::f(); 1 }\n"),
        ("c.rs", "mod d;\npub const X: u8 = 1;\nfn f() -> u8 { d::g() }\n"),
        ("c/d.rs", "pub fn g() -> u8 { super::X }\n"),
        (
            "e.rs",
            "// use crate::b::g;\npub fn f() -> &'static str { \"crate::b::g()\" }\n\
             #[cfg(test)]\nmod tests {\n    use crate::b::*;\n    fn t() { g(); }\n}\n",
        ),
    ];
    for (name, code) in files {
        let file = home.path().join("src").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, code).unwrap();
    }
    let found: Vec<Vec<String>> = report(&Crate::read(home.path())).into_iter().map(|one| one.0).collect();
    assert_eq!(found, [vec!["src/a/inner.rs", "src/b.rs"], vec!["src/c.rs", "src/c/d.rs"]]);
}
