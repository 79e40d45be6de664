//! `--gofmt`: the real gofmt over each changed file as a whole.

use super::super::Stop;
use crate::disk::program;
use anyhow::Context;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Formats what each file will hold.
pub fn tidy<'a>(files: impl Iterator<Item = (&'a PathBuf, &'a mut String)>) -> Result<(), Stop> {
    for (path, text) in files {
        *text = formatted(path, text)?;
    }
    Ok(())
}

fn formatted(path: &Path, text: &str) -> Result<String, Stop> {
    const MISSING: &str = "gofmt cannot be started; install Go or leave out --gofmt";
    let mut child = program::command("gofmt")
        .context(MISSING)?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(MISSING)?;
    let mut input = child.stdin.take().context("gofmt has no standard input")?;
    let text = text.to_owned();
    // gofmt may write before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().context("gofmt cannot be read")?;
    let fed = writer.join();
    anyhow::ensure!(
        output.status.success() && matches!(fed, Ok(Ok(()))),
        "{}: gofmt failed: {}",
        path.display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
