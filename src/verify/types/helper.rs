//! The helper: a Go program that is built once for each go command.

use super::super::ProofOptions;
use super::super::session::ProofSession;
use super::super::toolchain::{CallError, CommandSetting, Toolchain};
use crate::disk::private;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Its source.
const SOURCE: &str = include_str!("helper.go");
/// The module that it is built as; its Go is the oldest that it is written for.
const MODULE: &str = "module gomend.invalid/types\n\ngo 1.19\n";

/// A program that is ready to run.
pub(super) struct TypeHelper {
    pub(super) program: PathBuf,
    /// What tells it from another one.
    pub(super) digest: String,
}

/// Variables that would make the build depend on the user's settings.
const CLEARED: &[(&str, &str)] = &[
    ("CGO_ENABLED", "0"),
    ("GOFLAGS", ""),
    ("GOWORK", "off"),
    ("GOENV", "off"),
    ("GOOS", ""),
    ("GOARCH", ""),
    ("GOEXPERIMENT", ""),
    ("GO111MODULE", "on"),
];

impl TypeHelper {
    /// The helper for the go command of this session, built where `kept` has none.
    ///
    /// # Errors
    /// A sentence, when there is no go or the program cannot be built.
    pub(super) fn prepare(session: &ProofSession<'_>, kept: Option<&Path>) -> Result<TypeHelper, String> {
        let work = session.scratch.work();
        let options = ProofOptions {
            env: CLEARED.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect(),
            ..session.options.clone()
        };
        let toolchain = Toolchain::new(&options, work.clone());
        let call = |args: &[&OsStr]| {
            let output = toolchain.go(CommandSetting::plain(&work), args).map_err(|error| match error {
                CallError::TimedOut { after } => format!("the helper was not built in {} s", after.as_secs()),
                error => error.to_string(),
            })?;
            if output.success { Ok(output.stdout) } else { Err(output.first_error()) }
        };
        let version = call(&["version".as_ref()])?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(SOURCE.as_bytes()).update(MODULE.as_bytes()).update(&version);
        let digest = hasher.finalize().to_hex()[..32].to_owned();
        let dir = kept.filter(|kept| own_directory(kept).is_ok());
        let file_name = format!("types-{digest}{}", std::env::consts::EXE_SUFFIX);
        if let Some(program) = dir.map(|dir| dir.join(&file_name)).filter(|program| is_as_built(program)) {
            return Ok(TypeHelper { program, digest });
        }
        let build = work.join("types");
        let write = || -> io::Result<()> {
            fs::create_dir_all(&build)?;
            fs::write(build.join("main.go"), SOURCE)?;
            fs::write(build.join("go.mod"), MODULE)
        };
        write().map_err(|error| format!("the helper cannot be written: {error}"))?;
        let program = build.join(&file_name);
        let args: Vec<&OsStr> = vec![
            "build".as_ref(),
            "-C".as_ref(),
            build.as_os_str(),
            "-buildvcs=false".as_ref(),
            "-o".as_ref(),
            program.as_os_str(),
            ".".as_ref(),
        ];
        call(&args).map_err(|why| format!("the helper cannot be built: {why}"))?;
        let program = match dir {
            // A copy that cannot be kept serves this run.
            Some(dir) => keep(&program, dir, &file_name).unwrap_or(program),
            None => program,
        };
        Ok(TypeHelper { program, digest })
    }
}

/// Makes the directory, closed to others.
///
/// # Errors
/// When it cannot be made, or others may write to it.
fn own_directory(dir: &Path) -> io::Result<()> {
    private::create(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let meta = fs::symlink_metadata(dir)?;
        let own = meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw();
        if !own || meta.mode() & 0o022 != 0 {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others may write there"));
        }
    }
    Ok(())
}

/// Where the hash of a program stands.
fn hash_file(program: &Path) -> PathBuf {
    program.with_extension("blake3")
}

/// Whether a program is there and has the hash that it had when it was built.
fn is_as_built(program: &Path) -> bool {
    let (Ok(bytes), Ok(hash)) = (fs::read(program), fs::read_to_string(hash_file(program))) else {
        return false;
    };
    blake3::hash(&bytes).to_hex().as_str() == hash.trim()
}

fn keep(built: &Path, dir: &Path, name: &str) -> io::Result<PathBuf> {
    let program = dir.join(name);
    let bytes = fs::read(built)?;
    let hash = blake3::hash(&bytes).to_hex();
    let put = |path: &Path, bytes: &[u8], mode: u32| -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".new-");
        let mut file = builder.tempfile_in(dir)?;
        io::Write::write_all(&mut file, bytes)?;
        #[cfg(unix)]
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
        #[cfg(not(unix))]
        let _ = mode;
        file.persist(path)?;
        Ok(())
    };
    put(&program, &bytes, 0o700)?;
    put(&hash_file(&program), hash.as_bytes(), 0o600)?;
    Ok(program)
}
