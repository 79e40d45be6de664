//! Where a changed file stands: its real path, its module, its workspace, and
//! the way go itself spells these.

use super::flags::GoFlags;
use super::overlay::UserOverlay;
use super::paths::{identity, real};
use super::session::ProofSession;
use super::toolchain::{CommandSetting, Toolchain};
use super::waiting;
use crate::model::GoVersion;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Finds the nearest go.mod upwards, asking the file system once per
/// directory.
#[derive(Default)]
pub(super) struct ModuleContexts {
    known: HashMap<PathBuf, Option<PathBuf>>,
}

impl ModuleContexts {
    /// The directory of the nearest go.mod above a file (a real path).
    pub(super) fn root_of(&mut self, file: &Path) -> Option<PathBuf> {
        let mut passed = Vec::new();
        let mut found = None;
        for dir in file.ancestors().skip(1) {
            if let Some(known) = self.known.get(dir) {
                found = known.clone();
                break;
            }
            passed.push(dir.to_path_buf());
            if dir.join("go.mod").is_file() {
                found = Some(dir.to_path_buf());
                break;
            }
        }
        for dir in passed {
            self.known.insert(dir, found.clone());
        }
        found
    }
}

/// A module as go is to be run in it.
#[derive(Debug, Clone)]
pub(super) struct ModuleContext {
    /// The real directory of its go.mod.
    pub(super) root: PathBuf,
    /// The same directory as go.work or GOROOT spell it; go runs here.
    pub(super) dir: PathBuf,
    pub(super) workspace_off: bool,
    pub(super) flags: GoFlags,
    pub(super) user_overlay: UserOverlay,
    pub(super) go: Option<GoVersion>,
    /// `linux/amd64`, for sentences.
    pub(super) platform: String,
    /// The platform that programs run on here.
    pub(super) host: String,
    /// The other modules of its workspace, as go spells them.
    pub(super) neighbours: Vec<PathBuf>,
    /// Where go keeps what it downloads.
    pub(super) modcache: PathBuf,
    /// Everything beside files of the module and its dependencies that a verdict
    /// depends on; `None` when that cannot be told.
    pub(super) surroundings: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct GoEnv {
    #[serde(rename = "GOFLAGS")]
    goflags: String,
    #[serde(rename = "GOWORK")]
    gowork: String,
    #[serde(rename = "GOVERSION")]
    goversion: String,
    #[serde(rename = "GOROOT")]
    goroot: String,
    #[serde(rename = "GOOS")]
    goos: String,
    #[serde(rename = "GOARCH")]
    goarch: String,
    #[serde(rename = "GOHOSTOS")]
    gohostos: String,
    #[serde(rename = "GOHOSTARCH")]
    gohostarch: String,
    #[serde(rename = "GOMODCACHE")]
    gomodcache: String,
}

#[derive(Deserialize, Default)]
struct GoWorkJson {
    #[serde(rename = "Use", default)]
    uses: Option<Vec<WorkUse>>,
}

#[derive(Deserialize)]
struct WorkUse {
    #[serde(rename = "DiskPath")]
    disk_path: String,
}

impl ModuleContext {
    /// Asks go about the module at `root`, a real path.
    ///
    /// # Errors
    /// A sentence that says why nothing of this module can be proved.
    pub(super) fn survey(session: &ProofSession<'_>, root: &Path) -> Result<Self, String> {
        let toolchain = &session.toolchain;
        if let Some(path) = waiting::first(root) {
            return Err(format!(
                "{}: no regular file, and go would wait for it; replace or remove it",
                path.display()
            ));
        }
        let ask = |args: &[&str]| {
            let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
            let output =
                toolchain.go(CommandSetting::plain(root), &args).map_err(|error| error.to_string())?;
            if output.success {
                Ok(output.stdout)
            } else {
                Err(format!("go {}: {}", args[0].display(), output.first_error()))
            }
        };
        let stdout = ask(&["env", "-json"])?;
        let env: GoEnv = serde_json::from_slice(&stdout).map_err(|error| format!("go env: {error}"))?;
        let flags = GoFlags::read(&env.goflags);
        let user_overlay = flags.overlay.as_deref().map(UserOverlay::read).transpose()?.unwrap_or_default();
        let mut context = ModuleContext {
            root: root.to_path_buf(),
            dir: root.to_path_buf(),
            workspace_off: false,
            flags,
            user_overlay,
            go: env.goversion.split_whitespace().find_map(GoVersion::parse),
            platform: format!("{}/{}", env.goos, env.goarch),
            host: format!("{}/{}", env.gohostos, env.gohostarch),
            neighbours: Vec::new(),
            modcache: real(Path::new(&env.gomodcache)).unwrap_or_else(|_| env.gomodcache.clone().into()),
            surroundings: None,
        };
        if context.flags.plain && context.flags.overlay.is_none() {
            context.surroundings = surroundings(toolchain, &stdout);
        }
        if !env.gowork.is_empty() && env.gowork != "off" {
            let key =
                context.surroundings.as_ref().and_then(|all| session.work_key(all, Path::new(&env.gowork)));
            let known = key.as_ref().and_then(|key| session.cache.as_ref()?.get::<Vec<String>>(key));
            let uses = match known {
                Some(uses) => uses,
                None => {
                    let stdout = ask(&["work", "edit", "-json", &env.gowork])?;
                    let work: GoWorkJson =
                        serde_json::from_slice(&stdout).map_err(|error| format!("go work edit: {error}"))?;
                    let uses = work.uses.unwrap_or_default().into_iter().map(|one| one.disk_path).collect();
                    if let (Some(cache), Some(key)) = (&session.cache, key) {
                        cache.put(&key, &uses);
                    }
                    uses
                }
            };
            let base = Path::new(&env.gowork).parent().unwrap_or(root);
            let members: Vec<PathBuf> =
                uses.iter().map(|one| super::diagnostic::absolute(base, Path::new(one))).collect();
            match members.iter().position(|member| real(member).is_ok_and(|path| path == root)) {
                Some(own) => {
                    context.dir.clone_from(&members[own]);
                    context.neighbours = members;
                    context.neighbours.remove(own);
                }
                // go refuses packages of modules that the workspace does not
                // list.
                None => context.workspace_off = true,
            }
        }
        // In the standard library import paths depend on the directory being
        // spelled as GOROOT is.
        for tree in ["src", "src/cmd"] {
            let spelled = Path::new(&env.goroot).join(tree);
            if !env.goroot.is_empty() && real(&spelled).is_ok_and(|path| path == root) {
                context.dir = spelled;
            }
        }
        Ok(context)
    }

    /// `./a/b` for a real directory of the module.
    pub(super) fn pattern(&self, dir: &Path) -> Option<String> {
        let below = dir.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        Some(if parts.is_empty() { ".".into() } else { format!("./{}", parts.join("/")) })
    }
}

/// Variables of which `go env` speaks and that change from run to run, or that
/// only say where results are kept.
const PASSING: &[&str] =
    &["GOGCCFLAGS", "GOTMPDIR", "GOCACHE", "GOCACHEPROG", "GOTELEMETRY", "GOTELEMETRYDIR"];

/// Variables beside go's own that compilers obey.
const COMPILERS: &[&str] = &[
    "AR",
    "CC",
    "CPATH",
    "CPLUS_INCLUDE_PATH",
    "CXX",
    "C_INCLUDE_PATH",
    "FC",
    "LIBRARY_PATH",
    "OBJC_INCLUDE_PATH",
    "PKG_CONFIG",
    "PKG_CONFIG_LIBDIR",
    "PKG_CONFIG_PATH",
    "SDKROOT",
];

/// Settings, variables and programs, as one text.
fn surroundings(toolchain: &Toolchain, env: &[u8]) -> Option<String> {
    let mut env: BTreeMap<String, String> = serde_json::from_slice(env).ok()?;
    env.retain(|name, _| !PASSING.contains(&name.as_str()));
    let variables = toolchain.variables().into_iter().filter(|(name, _)| {
        let name = name.to_string_lossy();
        let own = name.starts_with("GO") || name.starts_with("CGO_");
        (own && !PASSING.contains(&&*name)) || COMPILERS.contains(&&*name)
    });
    let variables: Vec<_> = variables.collect();
    let program = |word: &str| {
        let first = word.split_whitespace().next()?;
        identity(&toolchain.locate(OsStr::new(first))?)
    };
    let word = |name: &str| env.get(name).map_or("", String::as_str);
    let programs = [program("gofmt"), program(word("CC")), program(word("CXX")), program("pkg-config")];
    let go = identity(&toolchain.locate(toolchain.program())?)?;
    let mut tools = Vec::new();
    for dir in [Path::new(word("GOROOT")).join("bin"), PathBuf::from(word("GOTOOLDIR"))] {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            tools.push(identity(&entry.path()));
        }
    }
    tools.sort();
    let version = std::fs::read_to_string(Path::new(word("GOROOT")).join("VERSION")).unwrap_or_default();
    Some(format!("{env:?} {variables:?} {go} {programs:?} {tools:?} {version}"))
}
