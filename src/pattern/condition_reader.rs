//! Reads the conditions of a patch.

use super::condition::{Call, Compare, Condition, ConditionPlace, number};
use super::parameters::ConditionParameter;
use super::visible::VisibleVariable;
use globset::GlobBuilder;
use regex::Regex;

/// The functions, and how many arguments each takes.
pub const CALLS: [(&str, Call, usize); 7] = [
    ("pure", Call::Pure, 1),
    ("free", Call::Free, 1),
    ("uses", Call::Uses, 2),
    ("assigns", Call::Assigns, 2),
    ("exits", Call::Exits, 1),
    ("has", Call::Has, 2),
    ("keyed", Call::Keyed, 1),
];

const KNOWN: &str = "pure(x), free(x), uses(stmts, x), assigns(stmts, x), exits(stmts), has(elements, F), keyed(elements), each(args, LABEL), x in (A, B), x matches `re`, len(x) == 2, value(x) > 0, inside PLACE, follows LABEL, file \"GLOB\", result unused, test, and name: TYPE [or TEXT]";

/// Reads what stands behind `where`.
pub struct ConditionReader<'a> {
    /// What is left to read.
    pub rest: &'a str,
}

impl<'a> ConditionReader<'a> {
    /// Passes by white space.
    pub fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        self.space();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Conditions that are joined by `||`.
    pub fn or(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.and()?];
        while self.eat("||") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Or(all) })
    }

    fn and(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.eat("&&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let (inner, rest) = self.rest.split_once(')').ok_or("`(` is never closed")?;
        self.rest = rest;
        Ok(inner.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.eat("!") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let inner = self.or()?;
            return if self.eat(")") { Ok(inner) } else { Err("`(` is never closed".to_owned()) };
        }
        let word = self.word();
        match word {
            "" => return Err(format!("`{}` does not begin a condition; there are {KNOWN}", self.rest)),
            "test" => return Ok(Condition::Test),
            "inside" => return Ok(Condition::Inside(self.place()?)),
            "len" => {
                let read = self.compared();
                let number = self.word().parse().ok();
                return match (read, number) {
                    (Some((name, sign)), Some(number)) => Ok(Condition::Len(name, sign, number)),
                    _ => Err("write `len(x) == 2`".to_owned()),
                };
            }
            "value" => {
                let read = self.compared();
                return match (read, self.value()) {
                    (Some((name, sign)), Some(value)) => Ok(Condition::Value(name, sign, value)),
                    _ => Err("write `value(x) > 0`, `value(x) == \"text\"` or `value(x) == true`".to_owned()),
                };
            }
            "each" => {
                let list = if self.eat("(") { self.list()? } else { Vec::new() };
                return match list.as_slice() {
                    [run, label] => Ok(Condition::Each(run.clone(), label.clone())),
                    _ => {
                        Err("write `each(args, LABEL)`, where a patch below begins with `@@ LABEL`"
                            .to_owned())
                    }
                };
            }
            "follows" => {
                let parenthesized = self.eat("(");
                let label = self.word();
                if label.is_empty() || parenthesized && !self.eat(")") {
                    return Err(
                        "write `follows LABEL`, where a patch below begins with `@@ LABEL`".to_owned()
                    );
                }
                return Ok(Condition::Follows(label.to_owned()));
            }
            "file" => return self.file(),
            "result" => {
                return match self.word() {
                    "unused" => Ok(Condition::ResultUnused),
                    other => Err(format!("`result {other}` is not a condition; write `result unused`")),
                };
            }
            _ => {}
        }
        if let Some((_, call, arguments)) = CALLS.iter().find(|(name, ..)| *name == word) {
            if !self.eat("(") {
                return Err(format!("`{word}` needs arguments in parentheses"));
            }
            let list = self.list()?;
            return if list.len() == *arguments {
                Ok(Condition::Call(*call, list))
            } else {
                Err(format!("`{word}` takes {arguments} arguments, not {}", list.len()))
            };
        }
        if self.eat(":") {
            self.space();
            let ends = ["&&", "||"].iter().filter_map(|sign| self.rest.find(sign));
            let (said, rest) = self.rest.split_at(ends.min().unwrap_or(self.rest.len()));
            self.rest = rest;
            let (ty, default) = match said.split_once(" or ") {
                Some((ty, text)) => (ty, Some(text.trim().to_owned())),
                None => (said, None),
            };
            let ty = ty.trim().trim_end_matches(')').to_owned();
            return Ok(Condition::Visible(VisibleVariable {
                name: word.to_owned(),
                ty,
                default,
                wanted: None,
            }));
        }
        match self.word() {
            "in" if self.eat("(") => Ok(Condition::In(word.to_owned(), self.list()?)),
            "matches" if self.eat("`") => {
                let (inner, rest) =
                    self.rest.split_once('`').ok_or("the expression has no closing back quote")?;
                self.rest = rest;
                let regex = Regex::new(inner)
                    .map_err(|error| format!("`{inner}` is not a regular expression: {error}"))?;
                Ok(Condition::Matches(word.to_owned(), regex))
            }
            _ => Err(format!("`{word}` does not begin a condition; there are {KNOWN}")),
        }
    }

    /// `(x) ==`
    fn compared(&mut self) -> Option<(String, Compare)> {
        if !self.eat("(") {
            return None;
        }
        let name = self.list().ok()?.join(", ");
        let sign = Compare::SIGNS.iter().find(|(sign, _)| self.eat(sign));
        sign.map(|(_, compare)| (name, *compare))
    }

    /// A number, a text in quotes, or a truth value.
    fn value(&mut self) -> Option<String> {
        self.space();
        if self.rest.starts_with('"') {
            let mut escaped = false;
            let end = self.rest.char_indices().skip(1).find(|(_, c)| {
                let closes = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            let (text, rest) = self.rest.split_at(end?.0 + 1);
            self.rest = rest;
            return Some(text.to_owned());
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "-+._".contains(c)));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let fits = matches!(text, "true" | "false") || number(text).is_some();
        self.rest = rest;
        fits.then(|| text.to_owned())
    }

    fn file(&mut self) -> Result<Condition, String> {
        self.space();
        let quoted = self.rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (glob, rest) = quoted.ok_or("write `file \"internal/**\"`")?;
        self.rest = rest;
        // Without a directory it is the name of a file anywhere.
        let whole =
            if glob.contains('/') { glob.trim_start_matches('/').to_owned() } else { format!("**/{glob}") };
        let built = GlobBuilder::new(&whole).literal_separator(true).build();
        let built = built.map_err(|error| format!("`{glob}` is not a pattern of paths: {error}"))?;
        Ok(Condition::File(built.compile_matcher()))
    }

    fn place(&mut self) -> Result<ConditionPlace, String> {
        match self.word() {
            "loop" => Ok(ConditionPlace::Loop),
            "funcliteral" => Ok(ConditionPlace::FuncLiteral),
            "go" => Ok(ConditionPlace::Go),
            "defer" => Ok(ConditionPlace::Defer),
            "func" => {
                let name = self.word();
                let parameters = if self.eat("(") {
                    let list = self.list()?;
                    Some(list.iter().map(|item| ConditionParameter::of(item)).collect())
                } else {
                    None
                };
                Ok(ConditionPlace::Func((!name.is_empty()).then(|| name.to_owned()), parameters))
            }
            other => Err(format!(
                "`{other}` is not a place; there are loop, funcliteral, go, defer, func NAME and func(params)"
            )),
        }
    }
}
