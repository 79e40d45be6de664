//! Checkstyle's XML, which most services that show findings can read.

use super::input::{ReportInput, ReportNotes, remedy, said};
use super::xml::XmlDocument;
use crate::rewrite::Severity;
use std::io::{self, Write};

/// Writes the document, with one `file` element for each file that has a
/// finding or could not be read. Columns are characters, a tab being one.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let mut document = XmlDocument::new(out)?;
    document.open("checkstyle", &[("version", "4.3")])?;
    let findings: Vec<_> = input.shown().collect();
    for file in findings.chunk_by(|a, b| a.path == b.path) {
        document.open("file", &[("name", &file[0].path)])?;
        for finding in file {
            let line = finding.start.line.to_string();
            let column = input.sources.of(finding).map(|source| source.characters(finding.start).to_string());
            let severity = match finding.severity {
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            let remedy = remedy(finding);
            let gap = if remedy.is_empty() { "" } else { ". " };
            let message = format!("{}{gap}{remedy}", said(finding));
            let source = format!("gomend.{}", finding.rule);
            let mut attributes = vec![("line", line.as_str())];
            attributes.extend(column.as_deref().map(|column| ("column", column)));
            attributes.extend([("severity", severity), ("message", &*message), ("source", &*source)]);
            document.leaf("error", &attributes)?;
        }
        document.close("file")?;
    }
    for error in input.report.errors {
        document.open("file", &[("name", &error.path)])?;
        let attributes = [("severity", "error"), ("message", &*error.reason), ("source", "gomend")];
        document.leaf("error", &attributes)?;
        document.close("file")?;
    }
    document.close("checkstyle")?;
    document.finish()?;
    Ok(Vec::new())
}
