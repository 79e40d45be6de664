//! JUnit's XML: a suite for each file, a failed test for each finding. A run
//! that finds nothing is one test that passed, because an empty report counts
//! as a broken one.

use super::input::{ReportInput, ReportNotes, remedy, said};
use super::xml::XmlDocument;
use crate::rewrite::{Finding, Proof, Severity};
use std::io::{self, Write};

/// Writes the document. Notes fail like warnings do: the format knows no third
/// state, and `type` tells them apart.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, input: &ReportInput) -> io::Result<ReportNotes> {
    let findings: Vec<&Finding> = input.shown().collect();
    let errors = input.report.errors;
    let clean = findings.is_empty() && errors.is_empty();
    let tests = (findings.len() + errors.len() + usize::from(clean)).to_string();
    let (failed, broken) = (findings.len().to_string(), errors.len().to_string());
    let mut document = XmlDocument::new(out)?;
    let counts = [("tests", &*tests), ("failures", &*failed), ("errors", &*broken)];
    document.open("testsuites", &[&[("name", "gomend")], &counts[..]].concat())?;
    if clean {
        document.open("testsuite", &[&[("name", "gomend")], &counts[..]].concat())?;
        document.leaf("testcase", &[("classname", "gomend"), ("name", "no findings")])?;
        document.close("testsuite")?;
    }
    for file in findings.chunk_by(|a, b| a.path == b.path) {
        let (path, number) = (&*file[0].path, file.len().to_string());
        let counts = [("tests", &*number), ("failures", &*number), ("errors", "0")];
        document.open("testsuite", &[&[("name", path)], &counts[..]].concat())?;
        for finding in file {
            let line = finding.start.line.to_string();
            let name = format!("{} at {line}:{}", finding.rule, finding.start.column);
            let attributes = [("classname", path), ("name", &*name), ("file", path), ("line", &*line)];
            document.open("testcase", &attributes)?;
            let kind = match finding.severity {
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            document.text("failure", &[("type", kind), ("message", &finding.message)], &body(finding))?;
            document.close("testcase")?;
        }
        document.close("testsuite")?;
    }
    for error in errors {
        let path = &*error.path;
        document.open("testsuite", &[("name", path), ("tests", "1"), ("failures", "0"), ("errors", "1")])?;
        document.open("testcase", &[("classname", path), ("name", "can be read")])?;
        document.text("error", &[("type", "error"), ("message", &error.reason)], &error.reason)?;
        document.close("testcase")?;
        document.close("testsuite")?;
    }
    document.close("testsuites")?;
    document.finish()?;
    Ok(Vec::new())
}

fn body(finding: &Finding) -> String {
    let place = format!("{}:{}:{}", finding.path, finding.start.line, finding.start.column);
    let mut body = format!("{place}: {}\n{}\n", said(finding), remedy(finding));
    if finding.proof != Proof::None
        && let Some(reason) = &finding.proof_reason
    {
        body.push_str(reason);
        body.push('\n');
    }
    body
}
