//! The production checklist of each program, for a terminal, a program or a page.

use super::columns::{TerminalPiece, flow};
use super::render::{BOLD, DIM, PLAIN, RenderOptions};
use crate::audit::{Audit, AuditLine, AuditPlace, AuditState, Audited};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

/// More places of one line than this are counted only.
const SHOWN: usize = 3;

/// Writes the checklists for a person, a line for each check; `details` adds what was seen.
///
/// # Errors
/// Those of `out`.
pub fn human(out: &mut dyn Write, audited: &Audited, details: bool, render: RenderOptions) -> io::Result<()> {
    for (index, program) in audited.programs.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{} {}", render.paint(BOLD, &program.path), render.paint(DIM, &about(program)))?;
        for line in &program.lines {
            let sign = format!("{:<11}", line.state.word());
            write!(out, "  {} ", render.paint(style(line.state), &sign))?;
            flow(out, render, &[piece(PLAIN, line.asks)], 14, 14, render.prose())?;
            if details {
                write!(out, "{:14}", "")?;
                flow(out, render, &[piece(DIM, &sentence(line))], 14, 14, render.prose())?;
            }
        }
    }
    if audited.programs.is_empty() {
        writeln!(out, "no package main was found")?;
    } else if !details {
        writeln!(out, "\n`gomend audit -v` says what was seen, and where.")?;
    }
    Ok(())
}

/// Writes the checklists as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn json(out: &mut dyn Write, audited: &Audited, pretty: bool) -> io::Result<()> {
    let document = serde_json::json!({
        "version": 1,
        "tool": { "name": "gomend", "version": env!("CARGO_PKG_VERSION") },
        "programs": audited.programs,
        "errors": audited.failures,
    });
    let written = if pretty {
        serde_json::to_writer_pretty(&mut *out, &document)
    } else {
        serde_json::to_writer(&mut *out, &document)
    };
    written.map_err(io::Error::from)?;
    writeln!(out)
}

/// Writes the checklists as a page of Markdown, a table for each program.
///
/// # Errors
/// Those of `out`.
pub fn markdown(out: &mut dyn Write, audited: &Audited) -> io::Result<()> {
    writeln!(out, "# Production checklist")?;
    for program in &audited.programs {
        writeln!(out, "\n## {}\n\n{}\n", escaped(&program.path), escaped(&about(program)))?;
        writeln!(out, "| | line | what was seen |\n|---|---|---|")?;
        for line in &program.lines {
            let (state, asks, says) = (line.state.word(), escaped(line.asks), escaped(&sentence(line)));
            writeln!(out, "| {state} | {asks} | {says} |")?;
        }
    }
    if audited.programs.is_empty() {
        writeln!(out, "\nNo package main was found.")?;
    }
    Ok(())
}

/// `example.com/m, go 1.25: 7 found, 4 missing, 1 undecidable`
fn about(program: &Audit) -> String {
    let module = program.module.as_deref().unwrap_or("no module");
    let go = program.go.map_or("no go line".to_owned(), |go| format!("go {go}"));
    let count = |state: AuditState| program.lines.iter().filter(|line| line.state == state).count();
    let counts = [AuditState::Found, AuditState::Missing, AuditState::Undecidable]
        .map(|state| format!("{} {}", count(state), state.word()))
        .join(", ");
    format!("{module}, {go}: {counts}")
}

/// What the line says and where.
fn sentence(line: &AuditLine) -> String {
    let place = |place: &AuditPlace| format!("{}:{}", place.path, place.line);
    let mut places: Vec<String> = line.places.iter().take(SHOWN).map(place).collect();
    if line.places.len() > SHOWN {
        places.push(format!("{} more", line.places.len() - SHOWN));
    }
    if places.is_empty() { line.says.clone() } else { format!("{} ({})", line.says, places.join(", ")) }
}

fn style(state: AuditState) -> Style {
    let colour = match state {
        AuditState::Found => AnsiColor::Green,
        AuditState::Missing => AnsiColor::Yellow,
        AuditState::Undecidable => AnsiColor::Cyan,
    };
    Style::new().fg_color(Some(colour.into()))
}

fn piece(style: Style, text: &str) -> TerminalPiece<'_> {
    TerminalPiece { style, text, solid: false }
}

/// Text in a cell of a table.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '|' | '\\' | '`' | '*' | '_' | '<' | '[' | ']' => out.extend(['\\', char]),
            '\r' | '\n' => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}
