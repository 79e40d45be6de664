//! The txtar form: text, then files, each below a line `-- NAME --`.

use super::Problem;
use std::collections::HashMap;

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveSection {
    /// Its name, with `/`.
    pub name: String,
    /// The line of the archive on which its text begins, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// An archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// The text before the first file.
    pub head: String,
    /// The files in their order.
    pub sections: Vec<ArchiveSection>,
}

impl Archive {
    /// Reads `text`; lines may end with CR LF.
    pub fn parse(text: &str) -> Archive {
        let mut archive = Archive::default();
        for (index, line) in text.lines().enumerate() {
            let name = line.strip_prefix("-- ").and_then(|rest| rest.trim_end().strip_suffix(" --"));
            if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) {
                archive.sections.push(ArchiveSection {
                    name: name.to_owned(),
                    line: index + 2,
                    text: String::new(),
                });
                continue;
            }
            let text = match archive.sections.last_mut() {
                Some(section) => &mut section.text,
                None => &mut archive.head,
            };
            text.push_str(line);
            text.push('\n');
        }
        archive
    }

    /// The file called `name`.
    pub fn section(&self, name: &str) -> Option<&ArchiveSection> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The names that must not be written to a disk: an archive may come from anybody.
    pub fn faults(&self) -> Vec<Problem> {
        let mut known: HashMap<String, &str> = HashMap::new();
        let mut faults = Vec::new();
        for ArchiveSection { name, line, .. } in &self.sections {
            if let Some(fault) = name_fault(name) {
                faults.push(Problem::at(line - 1, 4, format!("`{name}` {fault}")));
            } else if let Some(other) = known.insert(name.to_lowercase(), name) {
                let fault = if other == name {
                    "stands here twice"
                } else {
                    "differs from another name by case only"
                };
                faults.push(Problem::at(line - 1, 4, format!("`{name}` {fault}")));
            }
        }
        faults
    }
}

/// Why a file of an archive may not be called `name`.
fn name_fault(name: &str) -> Option<&'static str> {
    if name.starts_with('/') || name.contains(['\\', ':', '\0']) {
        return Some("is not a relative path with `/`");
    }
    for part in name.split('/') {
        let lower = part.to_lowercase();
        match lower.as_str() {
            "" | "." | ".." => return Some("leaves the folder of the example"),
            ".git" => return Some("is a place of git's"),
            _ => {}
        }
    }
    let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let compiled = ["s", "S", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "f", "f90", "syso", "swig"];
    compiled.contains(&suffix).then_some("is code of another language, which an example may not hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_an_archive_know_their_lines() {
        let archive = Archive::parse("title: x\n\n-- rule.patch --\n@@\n-- a.in.go --\npackage p\n");
        assert_eq!(archive.head, "title: x\n\n");
        let names: Vec<_> =
            archive.sections.iter().map(|section| (section.name.as_str(), section.line)).collect();
        assert_eq!(names, [("rule.patch", 4), ("a.in.go", 6)]);
        assert_eq!(archive.section("a.in.go").unwrap().text, "package p\n");
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for name in ["../a.go", "/a.go", "a/../b.go", ".git/config", "x/.GIT/a", "a\\b.go", "x.s", "a//b.go"]
        {
            let archive = Archive::parse(&format!("-- {name} --\n"));
            assert_eq!(archive.faults().len(), 1, "{name}");
        }
        assert_eq!(Archive::parse("-- a.go --\n-- A.go --\n").faults().len(), 1);
        assert!(Archive::parse("-- a.go --\n-- b/a.go --\n").faults().is_empty());
    }
}
