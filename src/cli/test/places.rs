//! Where in its archive something of an example stands, so that an editor can jump to it.

use crate::pattern::{Example, RuleFile};
use std::collections::BTreeMap;

/// The places of the examples of a rule.
pub struct ExamplePlaces {
    /// The archive, as it is shown.
    name: String,
    /// The first line of each input and output, and of `want`.
    sections: BTreeMap<String, usize>,
}

/// The two sides of the examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleSide {
    /// What the rule is given.
    Input,
    /// What is to become of it.
    Output,
}

impl ExamplePlaces {
    /// Of the examples of `file`, which is shown as `name`.
    pub fn of(name: &str, file: &RuleFile) -> ExamplePlaces {
        let mut sections = BTreeMap::new();
        for Example { input, output, .. } in &file.examples {
            for section in [Some(input), output.as_ref()].into_iter().flatten() {
                sections.insert(section.name.clone(), section.line);
            }
        }
        sections.extend(file.want.iter().map(|want| ("want".to_owned(), want.line)));
        ExamplePlaces { name: name.to_owned(), sections }
    }

    /// The line of the archive that is line `line` of a section.
    pub fn line(&self, section: &str, line: usize) -> String {
        let first = self.sections.get(section).copied().unwrap_or(1);
        format!("{}:{}", self.name, first + line.max(1) - 1)
    }

    /// The section that the file `a.go` of one side is.
    pub fn section(&self, file: &str, side: ExampleSide) -> String {
        let stem = file.trim_end_matches(".go");
        let output = format!("{stem}.out.go");
        match side {
            ExampleSide::Output if self.sections.contains_key(&output) => output,
            _ => format!("{stem}.in.go"),
        }
    }

    /// The first line of the file `a.go` of one side.
    pub fn start(&self, file: &str, side: ExampleSide) -> String {
        let section = self.section(file, side);
        format!("{}: {section}", self.line(&section, 1))
    }

    /// What go says of a file of one side, `./a.go:5:20: …`, with the place in the archive.
    pub fn complaint(&self, said: &str, side: ExampleSide) -> String {
        let mut parts = said.trim_start_matches("./").splitn(4, ':');
        let (file, line, column) = (parts.next(), parts.next(), parts.next());
        let numbers = line.and_then(|line| line.parse().ok()).zip(column.filter(|column| is_number(column)));
        let (Some(file), Some((line, column)), Some(message)) = (file, numbers, parts.next()) else {
            return format!("{}:1: {} does not compile: {said}", self.name, words(side));
        };
        let section = self.section(file, side);
        let place = self.line(&section, line);
        format!("{place}:{column}: {section}:{line}:{column} does not compile:{message}")
    }

    /// That the rule makes something else of an input than its output.
    pub fn other_output(&self, file: &str, wanted: &str, got: &str) -> String {
        let (input, output) =
            (self.section(file, ExampleSide::Input), self.section(file, ExampleSide::Output));
        let same = wanted.lines().zip(got.lines()).take_while(|(wanted, got)| wanted == got).count();
        let place = self.line(&output, same + 1);
        if output == input {
            return format!(
                "{place}: the rule changes {input}, which has no output; `gomend test --bless` writes it"
            );
        }
        format!("{place}: {output} is not what the rule makes of {input}")
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn words(side: ExampleSide) -> &'static str {
    match side {
        ExampleSide::Input => "the input",
        ExampleSide::Output => "the output",
    }
}
