//! What is wrong with a rule, and where.

use std::fmt;

/// One mistake in a rule: the line and column in its file, what is wrong, what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, from 1.
    pub line: usize,
    /// Column in bytes, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Whether the rule runs all the same.
    pub warning: bool,
}

impl Problem {
    /// A mistake on a line.
    pub fn at(line: usize, column: usize, message: impl Into<String>) -> Problem {
        Problem { line, column, message: message.into(), help: None, warning: false }
    }

    /// The same with what to write.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Problem {
        Problem { help: Some(help.into()), ..self }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(self) -> Problem {
        Problem { warning: true, ..self }
    }

    /// The lines that say it of `file`.
    pub fn said_of(&self, file: &str) -> String {
        let column = if self.column == 0 { String::new() } else { format!(":{}", self.column) };
        let warning = if self.warning { "warning: " } else { "" };
        let help = self.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
        format!("{file}:{}{column}: {warning}{}{help}", self.line, self.message)
    }
}

/// All that is wrong with one rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The file, as the user would name it.
    pub file: String,
    /// Its mistakes, by place.
    pub problems: Vec<Problem>,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().map(|problem| problem.said_of(&self.file)).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for RuleError {}
