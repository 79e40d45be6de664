//! The streams of a run, so that a test can hand over its own.

use super::args::Colour;
use super::interrupt::Interrupted;
use super::{ERROR, INTERRUPTED, Stop};
use crate::report::{EscapeForm, Escaped, RenderOptions, shown};
use anyhow::Context;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

/// The streams and what is known of them.
pub struct Io<'a> {
    /// Where a file named `-` is read from.
    pub stdin: Box<dyn Read + 'a>,
    /// Findings, patches and lists.
    pub stdout: Escaped<Box<dyn Write + 'a>>,
    /// Progress, notes and errors.
    pub stderr: Escaped<Box<dyn Write + 'a>>,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Columns of the terminal, where there is one.
    pub width: Option<usize>,
    /// Rows of the terminal, where there is one.
    pub height: Option<usize>,
    /// `NO_COLOR` is set and not empty, or the terminal is dumb.
    pub no_colour: bool,
}

impl Io<'_> {
    /// The streams of this process.
    pub fn of_process() -> Io<'static> {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
        let terminal = io::stdout().is_terminal();
        let size = terminal_size::terminal_size().filter(|_| terminal);
        Io {
            stdin: Box::new(io::stdin().lock()),
            stdout: Escaped::new(Box::new(Stdout(io::BufWriter::with_capacity(
                1 << 16,
                io::stdout().lock(),
            )))),
            stderr: Escaped::new(Box::new(io::stderr())),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: terminal,
            stderr_is_terminal: io::stderr().is_terminal(),
            width: number("COLUMNS").or_else(|| size.map(|(width, _)| usize::from(width.0))),
            height: number("LINES").or_else(|| size.map(|(_, height)| usize::from(height.0))),
            no_colour: set("NO_COLOR") || dumb,
        }
    }

    fn colour(&self, wanted: Colour, terminal: bool) -> bool {
        match wanted {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !self.no_colour,
        }
    }

    /// How standard output looks.
    pub fn render(&self, wanted: Colour) -> RenderOptions {
        let colour = self.colour(wanted, self.stdout_is_terminal);
        self.stdout.set_colour(colour);
        RenderOptions { colour, width: self.width }
    }

    /// Says that what comes on standard output is for a program, which wants the very bytes;
    /// a terminal is none.
    pub fn exact(&mut self) {
        self.stdout.form = if self.stdout_is_terminal { EscapeForm::Text } else { EscapeForm::Exact };
    }

    /// How standard error looks.
    pub fn err_render(&self, wanted: Colour) -> RenderOptions {
        RenderOptions { colour: self.err_colour(wanted), width: self.width }
    }

    /// Whether standard error is coloured.
    pub fn err_colour(&self, wanted: Colour) -> bool {
        let colour = self.colour(wanted, self.stderr_is_terminal);
        self.stderr.set_colour(colour);
        colour
    }
}

/// Standard output, whose errors say that they are its own.
struct Stdout<W>(W);

impl<W> Stdout<W> {
    fn named<T>(result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            io::Error::new(kind, format!("standard output cannot be written: {error}"))
        })
    }
}

impl<W: Write> Write for Stdout<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Stdout::<W>::named(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Stdout::<W>::named(self.0.flush())
    }
}

/// For output whose reader may leave before the end: that nobody reads on is no
/// failure.
///
/// # Errors
/// Every other one.
pub fn tolerate(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Puts `bytes` into the file at `path` at once: whoever reads it meanwhile sees the old
/// file or the new one.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let directory = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(directory).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        readable(file.as_file())?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).with_context(|| format!("{} cannot be written; choose another place", path.display()))
}

/// Temporary files are for their owner alone; what is saved is for whom the
/// directory lets in.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// Says why a verb ended before its time.
pub fn stopped(stop: &Stop, io: &mut Io<'_>) -> u8 {
    let mut said = stop.to_string();
    for cause in stop.chain().skip(1).map(ToString::to_string) {
        // Some say their cause themselves.
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    // That standard error is closed leaves nobody to tell.
    let _ = writeln!(io.stderr, "error: {}", shown(&said));
    if stop.is::<Interrupted>() { INTERRUPTED } else { ERROR }
}
