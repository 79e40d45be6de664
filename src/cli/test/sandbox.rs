//! A module of its own for the examples of a rule.
//!
//! A rule may come from anybody, so its examples are built without cgo, without the
//! network, with the Go that is there, and with nothing of the user's flags.

use super::super::Stop;
use super::tree_module::{MODULE, TreeModule, go_line};
use crate::model::GoVersion;
use crate::model::import_names::default_names;
use crate::model::import_names::{may_be_named, names_of};
use crate::model::module::GoMod;
use crate::model::scope::{self, Def};
use crate::pattern::ArchiveSection;
use crate::syntax::{File, Kind, Node};
use crate::text::{Edit, Edits, Span};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a module, and with the packages that it imports beside it.
pub struct Sandbox {
    dir: tempfile::TempDir,
    module: PathBuf,
    go: String,
    /// The packages that may be imported: their path, and their files by name.
    stubs: BTreeMap<String, BTreeMap<String, String>>,
    /// What the examples' own go.mod says.
    own: GoMod,
    /// The module of the tree in which the rule stands.
    around: Option<TreeModule>,
}

/// What Go says of the module.
#[derive(Default)]
pub struct Built {
    /// Why it does not build.
    pub errors: Vec<String>,
    /// What vet says, without lines.
    pub complaints: BTreeSet<String>,
}

/// The file that Go reads of a module.
const GO_MOD: &str = "go.mod";

impl Sandbox {
    /// A module for examples that may import what `files` hold, and the folder `stubs`.
    pub fn new(
        files: &[ArchiveSection],
        stubs: &Path,
        since: Option<GoVersion>,
        tree: &Path,
    ) -> Result<Sandbox, Stop> {
        let dir = tempfile::tempdir().context("a folder for the examples cannot be made")?;
        let root = dunce::canonicalize(dir.path()).unwrap_or_else(|_| dir.path().to_owned());
        let module = root.join("module");
        std::fs::create_dir_all(&module)?;
        let mut packages: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut go = since.map(|since| since.to_string());
        let mut own = GoMod::default();
        for ArchiveSection { name, text, line } in files {
            if name == GO_MOD {
                go = Some(
                    go_line(text).with_context(|| format!("the go.mod on line {line} has no `go` line"))?,
                );
                own = GoMod::parse(text);
                if let Some(fault) = fault_of(&own) {
                    anyhow::bail!("the go.mod on line {line} {fault}; leave that out");
                }
                continue;
            }
            if let Some((path, file)) = name.rsplit_once('/') {
                packages.entry(path.to_owned()).or_default().insert(file.to_owned(), text.clone());
            }
        }
        gather(stubs, stubs, &mut packages, 0)?;
        let around = TreeModule::around(tree);
        let of_tree = || around.as_ref().and_then(|module| module.go.clone());
        let go = go.or_else(of_tree).unwrap_or_else(|| "1.24".to_owned());
        Ok(Sandbox { dir, module, go, stubs: packages, own, around })
    }

    /// What the files or what they may import say to the linker, by `//go:cgo_ldflag` and its like.
    fn cgo_pragma<'a>(&self, texts: impl Iterator<Item = &'a String>) -> Option<String> {
        let of = |text: &String| {
            let pragma = text.lines().map(str::trim_start).find(|line| line.starts_with("//go:cgo_"))?;
            pragma.split_whitespace().next().map(str::to_owned)
        };
        let mut texts = texts;
        texts.find_map(of).or_else(|| self.stubs.values().flat_map(BTreeMap::values).find_map(of))
    }

    /// The folder of the module.
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// Brings the packages that the files import, and those that these import.
    pub fn need<'a>(&self, texts: impl Iterator<Item = &'a String> + Clone) -> Result<(), Stop> {
        let mut wanted: Vec<String> = texts.clone().flat_map(|text| imports(text)).collect();
        anyhow::ensure!(
            !wanted.iter().any(|path| path == "C"),
            "an example may not use cgo; leave `import \"C\"` out"
        );
        if let Some(pragma) = self.cgo_pragma(texts) {
            anyhow::bail!("an example may not use cgo; leave `{pragma}` out");
        }
        // What neither stands in the archive nor beside it is taken from the module of the tree.
        let foreign = wanted.iter().any(|path| {
            let host = path.split('/').next().is_some_and(|first| first.contains('.'));
            let own = *path == MODULE || path.starts_with(&format!("{MODULE}/"));
            (host || self.around.as_ref().is_some_and(|tree| tree.holds(path)))
                && !own
                && !self.stubs.contains_key(path)
        });
        let mut known = BTreeSet::new();
        while let Some(path) = wanted.pop() {
            let Some(files) = self.stubs.get(&path).filter(|_| !known.contains(&path)) else { continue };
            let dir = self.dir.path().join("stubs").join(&path);
            std::fs::create_dir_all(&dir)?;
            for (name, text) in files {
                wanted.extend(imports(text));
                std::fs::write(dir.join(name), text)?;
            }
            std::fs::write(dir.join(GO_MOD), format!("module {path}\n\ngo {}\n", self.go))?;
            known.insert(path);
        }
        let mut text = format!("module {MODULE}\n\ngo {}\n", self.go);
        for path in &known {
            text.push_str(&format!("\nrequire {path} v0.0.0\n\nreplace {path} => ../stubs/{path}\n"));
        }
        let of_stub = |path: &str| known.contains(path);
        for (path, version) in self.own.requires.iter().filter(|(path, _)| !of_stub(path)) {
            text.push_str(&format!("\nrequire {path} {version}\n"));
        }
        if let Some(tree) = self.around.as_ref().filter(|_| foreign) {
            text.push_str(
                &tree.directives(&|path| {
                    of_stub(path) || self.own.requires.iter().any(|(own, _)| own == path)
                }),
            );
            tree.copy_sums(&self.module)?;
        }
        std::fs::write(self.module.join(GO_MOD), text)?;
        Ok(())
    }

    /// Writes the files, by their names below the module.
    pub fn write(&self, files: &BTreeMap<String, String>) -> Result<(), Stop> {
        for (name, text) in files {
            let path = self.module.join(name);
            if let Some(dir) = path.parent() {
                std::fs::create_dir_all(dir)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(())
    }

    /// Those of the files that gofmt would write otherwise; none where there is no gofmt.
    pub fn untidy(&self, files: &BTreeMap<String, String>) -> Result<BTreeSet<String>, Stop> {
        self.write(files)?;
        let mut command = Command::new("gofmt");
        command.arg("-l").args(files.keys()).current_dir(&self.module).stdin(Stdio::null());
        let listed = command.output().map(|output| output.stdout).unwrap_or_default();
        Ok(String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect())
    }

    /// Builds and vets the module with these files.
    pub fn build(&self, files: &BTreeMap<String, String>) -> Result<Built, Stop> {
        self.write(files)?;
        let mut command = Command::new("go");
        command.args(["vet", "-mod=mod", "./..."]).current_dir(&self.module);
        for key in ["GOFLAGS", "GOWORK", "GOEXPERIMENT", "GO111MODULE", "GOPRIVATE", "CC", "CXX"] {
            command.env_remove(key);
        }
        command
            .env("CGO_ENABLED", "0")
            .env("GOTOOLCHAIN", "local")
            .env("GOPROXY", "off")
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "")
            .env("GOENV", "off")
            .env("GOWORK", "off");
        let (success, said) = limited(command.env("GOMEMLIMIT", MEMORY))?;
        let (mut errors, mut complaints) = (Vec::new(), BTreeSet::new());
        if !success {
            // Files of other systems alone are no package here.
            let nothing = |line: &str| line.ends_with("matched no packages") || line == "no packages to vet";
            for line in said.lines().filter(|line| !line.starts_with('#') && !nothing(line)) {
                match line.strip_prefix("vet: ") {
                    Some(error) => errors.push(error.to_owned()),
                    None if is_vet(line) => drop(complaints.insert(without_place(line))),
                    None => errors.push(line.to_owned()),
                }
            }
        }
        Ok(Built { errors, complaints })
    }
}

/// How long go may take for the examples of a rule, which may come from anybody.
const LONGEST: Duration = Duration::from_secs(120);
/// How much memory go may use for them before it collects all the time.
const MEMORY: &str = "1GiB";
/// How much address space each of its processes may have.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 8 << 30;

/// Runs go until it ends or its time is over: whether it succeeded, and what it said.
fn limited(command: &mut Command) -> Result<(bool, String), Stop> {
    let mut said = tempfile::tempfile().context("a file for what go says cannot be made")?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // A group of its own, so that compilers die with their go.
        command.process_group(0);
    }
    let mut child = command.spawn().context("go cannot be run; install it and put it on PATH")?;
    #[cfg(target_os = "linux")]
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // What go starts has the limit too.
        let limit = rustix::process::Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) };
        let _ = rustix::process::prlimit(Some(pid), rustix::process::Resource::As, limit);
    }
    let began = Instant::now();
    let success = loop {
        if let Some(status) = child.try_wait()? {
            break status.success();
        }
        if began.elapsed() > LONGEST {
            #[cfg(unix)]
            if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!(
                "go took more than {} s for the examples of this rule; make them smaller",
                LONGEST.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    said.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    said.read_to_end(&mut bytes)?;
    Ok((success, String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a line is what vet says of code that builds: `./a.go:3:4: …`.
fn is_vet(line: &str) -> bool {
    let mut parts = line.splitn(4, ':');
    let file = parts.next().is_some_and(|file| file.ends_with(".go"));
    file && parts.next().is_some_and(|line| line.parse::<u32>().is_ok())
}

fn without_place(line: &str) -> String {
    let message = line.splitn(4, ':').nth(3).unwrap_or(line);
    let file = line.split(':').next().unwrap_or_default();
    format!("{file}:{message}")
}

/// What an example's go.mod may not say, since it comes from anybody.
fn fault_of(own: &GoMod) -> Option<String> {
    if let Some(toolchain) = &own.toolchain {
        return Some(format!("says `toolchain {toolchain}`: examples are built with the Go that is there"));
    }
    let replaced = own.replaces.first()?;
    let sides = format!("{} => {}", replaced.0.join(" "), replaced.1.join(" "));
    Some(format!("says `replace {sides}`: what examples import stands in sections of the archive"))
}

fn imports(text: &str) -> Vec<String> {
    File::new("example.go", text).imports().iter().map(|import| import.path.clone()).collect()
}

/// The deepest folder of a stub.
const DEEPEST: usize = 16;

/// The Go files of a folder of stubs, by the path of their package.
fn gather(
    root: &Path,
    dir: &Path,
    packages: &mut BTreeMap<String, BTreeMap<String, String>>,
    depth: usize,
) -> Result<(), Stop> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() && depth < DEEPEST {
            gather(root, &path, packages, depth + 1)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "go") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let below = dir.strip_prefix(root).unwrap_or(dir);
            let package = crate::engine::discover::slashed(below);
            let name = entry.file_name().to_string_lossy().into_owned();
            // What stands beside a rule wins.
            packages.entry(package).or_default().entry(name).or_insert(text);
        }
    }
    Ok(())
}

/// The file with another name for each import that has none of its own.
pub fn aliased(text: &str) -> String {
    let file = File::new("example.go", text);
    let mut edits = Edits::new();
    for (index, import) in file.outline().imports.iter().enumerate() {
        if import.name.is_some() {
            continue;
        }
        let alias = format!("twin{index}");
        let _ =
            edits.push(Edit { span: crate::text::Span::at(import.span.start), text: format!("{alias} ") });
        for decl in 0..file.outline().decls.len() {
            let Some(root) = file.decl(decl) else { return text.to_owned() };
            let named = default_names(&import.path).filter(|usual| may_be_named(import, usual));
            let uses = named.flat_map(|usual| root.mentions(usual).collect::<Vec<_>>()).filter(|node| {
                node.is(&[Kind::Identifier, Kind::PackageIdentifier])
                    && matches!(scope::resolve(*node), Def::Import(found) if found.span == import.span)
            });
            for node in uses {
                let _ = edits.push(Edit { span: node.span(), text: alias.clone() });
            }
        }
    }
    edits.apply(text)
}

/// A file in which local variables hide packages.
pub struct Hidden {
    /// Its text.
    pub text: String,
    /// The bodies of its functions.
    pub bodies: Vec<Span>,
}

/// The file with a variable in each function that hides the imports of `packages`.
pub fn hidden(text: &str, packages: &[String]) -> Hidden {
    let file = File::new("example.go", text);
    let names: BTreeSet<&str> = file
        .imports()
        .iter()
        .filter(|import| packages.contains(&import.path))
        .flat_map(names_of)
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .collect();
    let line: String = names.iter().map(|name| format!(" var {name} int; _ = {name};")).collect();
    let dotted = file.imports().iter().any(|import| {
        packages.contains(&import.path) && import.name.as_ref().is_some_and(|name| name.text == ".")
    });
    if dotted {
        // Nothing stands before the names of such a package.
        return Hidden { text: text.to_owned(), bodies: Vec::new() };
    }
    let mut edits = Edits::new();
    let roots = (0..file.outline().decls.len()).filter_map(|index| file.decl(index));
    for body in roots.filter_map(|root| root.named().next()).filter_map(Node::body) {
        let _ = edits.push(Edit { span: Span::at(body.start() + 1), text: line.clone() });
    }
    let text = edits.apply(text);
    let file = File::new("example.go", text.as_str());
    let roots = (0..file.outline().decls.len()).filter_map(|index| file.decl(index));
    let bodies = roots.filter_map(|root| root.named().next()).filter_map(Node::body).map(Node::span);
    Hidden { bodies: bodies.collect(), text: text.clone() }
}
