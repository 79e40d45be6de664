//! Text that a rule makes of text: `let f = format(msg) + ": %w"`.

use super::patch::is_name;
use std::collections::HashMap;

/// How a text is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextValue {
    /// A literal of the rule.
    Literal(Text),
    /// A variable or another text.
    Name(String),
    /// Two texts, one behind the other.
    Sum(Vec<TextValue>),
    /// What a function makes of a text.
    Call(Function, Box<TextValue>),
    /// A name by a table.
    Table(String, HashMap<String, String>),
    /// A name that is free at the site.
    Fresh(String),
    /// The zero value of the type that a variable took, or of its expression.
    Zero(String),
}

/// What texts are made of.
pub trait TextNames {
    /// What a name stands for.
    fn known(&self, name: &str) -> Option<Text>;
    /// A name like `wished` that is free at the site.
    fn fresh(&self, wished: &str) -> Option<String>;
    /// How the zero value of a variable's type is written.
    fn zero(&self, name: &str) -> Option<String>;
}

/// What makes a text of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Doubles each `%` of a literal.
    Format,
    /// Makes a literal.
    Quote,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// `some_name` to `SomeName`.
    Camel,
    /// `SomeName` to `some_name`.
    Snake,
    /// The first letter in lower case.
    Decapitalize,
}

/// A text: what stands between quotes, or code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// Code.
    Code(String),
    /// A literal as it is written between double quotes.
    Interpreted(String),
    /// A literal between back quotes.
    Raw(String),
}

/// The longest text that a rule may make, in bytes.
const LONGEST: usize = 1 << 16;

impl Text {
    /// The text of an expression: a string literal or code.
    pub fn of_code(code: &str) -> Text {
        let inner = |quote: char| code.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        match (inner('"'), inner('`')) {
            (Some(text), _) if code.len() > 1 => Text::Interpreted(text.to_owned()),
            (_, Some(text)) if code.len() > 1 => Text::Raw(text.to_owned()),
            _ => Text::Code(code.to_owned()),
        }
    }

    /// As code.
    pub fn code(&self) -> String {
        match self {
            Text::Code(text) => text.clone(),
            Text::Interpreted(text) => format!("\"{text}\""),
            Text::Raw(text) => format!("`{text}`"),
        }
    }

    fn inner(&self) -> &str {
        match self {
            Text::Code(text) | Text::Interpreted(text) | Text::Raw(text) => text,
        }
    }

    fn with(&self, text: String) -> Text {
        match self {
            Text::Code(_) => Text::Code(text),
            Text::Interpreted(_) => Text::Interpreted(text),
            Text::Raw(_) => Text::Raw(text),
        }
    }

    /// The two as one, in the quotes of the first.
    fn join(self, other: &Text) -> Option<Text> {
        let text = match (&self, other) {
            (Text::Raw(_), Text::Interpreted(more)) if more.contains(['\\', '`']) => return None,
            (Text::Interpreted(_), Text::Raw(more)) => quoted(more),
            _ => other.inner().to_owned(),
        };
        let text = format!("{}{text}", self.inner());
        (text.len() <= LONGEST).then(|| self.with(text))
    }
}

/// The text, of code or between back quotes, as it is written between double quotes. Go leaves a
/// CR out of both.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\r') {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// The text with each of its characters as `of` makes it; escapes stay as they are.
fn mapped(text: &Text, of: impl Fn(char) -> String) -> String {
    let escapes = matches!(text, Text::Interpreted(_));
    let mut out = String::new();
    let mut rest = text.inner().chars();
    while let Some(c) = rest.next() {
        if c == '\\' && escapes {
            out.push(c);
            let kind = rest.next();
            out.extend(kind);
            let digits = match kind {
                Some('x') => 2,
                Some('u') => 4,
                Some('U') => 8,
                _ => 0,
            };
            out.extend(rest.by_ref().take(digits));
        } else {
            out.push_str(&of(c));
        }
    }
    out
}

/// `userID` and `HTTPServer` as `user_id` and `http_server`.
fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_upper = before.is_some_and(|before| !before.is_uppercase());
        let begins_word = ends_upper || rest.peek().is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && begins_word && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        match c {
            '-' | ' ' => out.push('_'),
            _ => out.extend(c.to_lowercase()),
        }
        before = Some(c);
    }
    out
}

impl Function {
    const ALL: [(&'static str, Function); 7] = [
        ("format", Function::Format),
        ("quote", Function::Quote),
        ("lower", Function::Lower),
        ("upper", Function::Upper),
        ("camel", Function::Camel),
        ("snake", Function::Snake),
        ("decapitalize", Function::Decapitalize),
    ];

    fn apply(self, text: Text) -> Option<Text> {
        let inner = text.inner();
        // The letters of an escape are no words.
        let escaped = matches!(text, Text::Interpreted(_)) && inner.contains('\\');
        if escaped && matches!(self, Function::Camel | Function::Snake) {
            return None;
        }
        Some(match self {
            Function::Format => match text {
                Text::Code(_) => return None,
                _ => text.with(inner.replace('%', "%%")),
            },
            Function::Quote => match text {
                Text::Code(_) => Text::Interpreted(quoted(inner)),
                _ => text,
            },
            Function::Lower => text.with(mapped(&text, |c| c.to_lowercase().collect())),
            Function::Upper => text.with(mapped(&text, |c| c.to_uppercase().collect())),
            Function::Decapitalize => {
                let mut rest = inner.chars();
                let first: String = rest.next().into_iter().flat_map(char::to_lowercase).collect();
                text.with(format!("{first}{}", rest.as_str()))
            }
            Function::Camel => {
                let part = |part: &str| {
                    let mut rest = part.chars();
                    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
                    format!("{first}{}", rest.as_str())
                };
                text.with(inner.split(['_', '-', ' ']).map(part).collect())
            }
            Function::Snake => text.with(snake(inner)),
        })
    }
}

impl TextValue {
    /// Reads what stands behind `let name =`.
    pub fn parse(text: &str) -> Result<TextValue, String> {
        match sum(text.trim(), 0)? {
            (value, "") => Ok(value),
            (_, rest) => Err(format!("`{rest}` cannot follow a text; texts are joined by `+`")),
        }
    }

    /// The names that a table has an entry for.
    pub fn listed(&self, variable: &str) -> Option<Vec<String>> {
        match self {
            TextValue::Table(name, table) if name == variable => Some(table.keys().cloned().collect()),
            _ => None,
        }
    }

    /// The names that it is made of.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            TextValue::Literal(_) | TextValue::Fresh(_) => Box::new(std::iter::empty()),
            TextValue::Name(name) | TextValue::Table(name, _) | TextValue::Zero(name) => {
                Box::new(std::iter::once(name.as_str()))
            }
            TextValue::Sum(terms) => Box::new(terms.iter().flat_map(TextValue::names)),
            TextValue::Call(_, inner) => inner.names(),
        }
    }

    /// The text; `None` where a part is not known, or cannot be made a literal.
    pub fn text(&self, names: &dyn TextNames) -> Option<Text> {
        match self {
            TextValue::Literal(text) => Some(text.clone()),
            TextValue::Name(name) => names.known(name),
            TextValue::Sum(terms) => {
                let mut terms = terms.iter();
                let first = terms.next()?.text(names)?;
                terms.try_fold(first, |sum, term| {
                    let term = term.text(names)?;
                    // Code behind a literal would be a part of the literal.
                    let mixed = matches!((&sum, &term), (Text::Interpreted(_) | Text::Raw(_), Text::Code(_)));
                    if mixed { None } else { sum.join(&term) }
                })
            }
            TextValue::Call(function, inner) => function.apply(inner.text(names)?),
            TextValue::Table(name, table) => match names.known(name)? {
                Text::Code(text) => table.get(&text).cloned().map(Text::Code),
                _ => None,
            },
            TextValue::Fresh(wished) => names.fresh(wished).map(Text::Code),
            TextValue::Zero(name) => names.zero(name).map(Text::Code),
        }
    }
}

/// How a fresh name is written.
const FRESH: &str = "write `fresh(\"name\")`, with a name of Go";

/// How deep functions of texts may stand in each other.
const DEEPEST: usize = 32;

/// Texts joined by `+`, and what stands behind them.
fn sum(text: &str, depth: usize) -> Result<(TextValue, &str), String> {
    if depth > DEEPEST {
        return Err(format!("functions of texts may stand in each other {DEEPEST} deep at most"));
    }
    let mut terms = Vec::new();
    let mut rest = text;
    loop {
        let (term, behind) = term(rest, depth)?;
        terms.push(term);
        rest = behind.trim_start();
        match rest.strip_prefix('+') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    let value = if terms.len() == 1 { terms.remove(0) } else { TextValue::Sum(terms) };
    Ok((value, rest))
}

fn term(text: &str, depth: usize) -> Result<(TextValue, &str), String> {
    if let Some(rest) = text.strip_prefix('"') {
        let mut escaped = false;
        for (at, c) in rest.char_indices() {
            if !escaped && c == '"' {
                return Ok((TextValue::Literal(Text::Interpreted(rest[..at].to_owned())), &rest[at + 1..]));
            }
            escaped = !escaped && c == '\\';
        }
        return Err("the text has no closing quote".to_owned());
    }
    if let Some(rest) = text.strip_prefix('`') {
        let (inner, rest) = rest.split_once('`').ok_or("the text has no closing quote")?;
        return Ok((TextValue::Literal(Text::Raw(inner.to_owned())), rest));
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return Err(format!("`{text}` is not a text: write a literal, a variable or a function of one"));
    }
    let rest = rest.trim_start();
    if let Some(table) = rest.strip_prefix('{') {
        let (entries, rest) = table.split_once('}').ok_or("the table has no closing brace")?;
        let entries: Option<HashMap<String, String>> = entries
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| entry.split_once(':').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())))
            .collect();
        let entries = entries.ok_or("the entries of a table are written `Old: New`")?;
        return Ok((TextValue::Table(name.to_owned(), entries), rest));
    }
    let Some(inner) = rest.strip_prefix('(') else { return Ok((TextValue::Name(name.to_owned()), rest)) };
    if name == "fresh" {
        let quoted = inner.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (wished, rest) = quoted.filter(|(wished, _)| is_name(wished)).ok_or(FRESH)?;
        let rest = rest.trim_start().strip_prefix(')').ok_or(FRESH)?;
        return Ok((TextValue::Fresh(wished.to_owned()), rest));
    }
    if name == "zero" {
        let (variable, rest) = inner.split_once(')').ok_or("`zero(` is never closed")?;
        let variable = variable.trim();
        if !is_name(variable) {
            return Err("write `zero(T)`, where T is a variable for a type or an expression".to_owned());
        }
        return Ok((TextValue::Zero(variable.to_owned()), rest));
    }
    let mut known: Vec<&str> = Function::ALL.iter().map(|(name, _)| *name).collect();
    known.extend(["fresh", "zero"]);
    let function = Function::ALL.iter().find(|(known, _)| *known == name);
    let (_, function) = function
        .ok_or_else(|| format!("`{name}` is not a function of texts; there are {}", known.join(", ")))?;
    let (argument, rest) = sum(inner.trim_start(), depth + 1)?;
    let rest = rest.trim_start().strip_prefix(')').ok_or_else(|| format!("`{name}(` is never closed"))?;
    Ok((TextValue::Call(*function, Box::new(argument)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct OneName<'a>(&'a str);

    impl TextNames for OneName<'_> {
        fn known(&self, name: &str) -> Option<Text> {
            (name == "x").then(|| Text::of_code(self.0))
        }

        fn fresh(&self, wished: &str) -> Option<String> {
            Some(format!("{wished}2"))
        }

        fn zero(&self, name: &str) -> Option<String> {
            (name == "x").then(|| "nil".to_owned())
        }
    }

    fn made(text: &str, value: &str) -> Option<String> {
        TextValue::parse(text).unwrap().text(&OneName(value)).map(|text| text.code())
    }

    #[test]
    fn functions_take_sums_and_leave_escapes_alone() {
        assert_eq!(made(r#"quote(upper(x) + "b")"#, "\"a\"").as_deref(), Some("\"Ab\""));
        assert_eq!(made("upper(x)", r#""a\n\u00e9z""#).as_deref(), Some(r#""A\n\u00e9Z""#));
        assert_eq!(made("lower(x)", r#""A\U0001F600Z""#).as_deref(), Some(r#""a\U0001F600z""#));
        assert!(TextValue::parse(&"upper(".repeat(5000)).is_err());
    }

    #[test]
    fn texts_keep_the_quotes_of_the_first() {
        assert_eq!(made("format(x) + \": %w\"", "\"100%\"").unwrap(), "\"100%%: %w\"");
        assert_eq!(made("x + \": %w\"", "`a \"b\"`").unwrap(), "`a \"b\": %w`");
        assert_eq!(made("x + \"\\n\"", "`a`"), None);
        assert_eq!(made("\"p: \" + x", "`a\r\nb`").unwrap(), r#""p: a\nb""#);
        assert_eq!(made("format(x) + \"!\"", "msg"), None);
        assert_eq!(made("x + \"Context\"", "Get").unwrap(), "GetContext");
        assert_eq!(made("snake(x)", "SomeName").unwrap(), "some_name");
        assert_eq!(made("snake(x)", "HTTPServer_ID").unwrap(), "http_server_id");
        assert_eq!(made("snake(x)", r#""userID 2FA""#).unwrap(), r#""user_id_2_fa""#);
        assert_eq!(made("snake(x)", r#""a\nB""#), None);
        assert_eq!(made("camel(x)", "some_name").unwrap(), "SomeName");
        assert_eq!(made("fresh(\"done\")", "").unwrap(), "done2");
        assert_eq!(made("zero(x)", "").unwrap(), "nil");
        assert_eq!(made("x {Warnf: Warn, Infof: Info}", "Infof").unwrap(), "Info");
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        for text in ["", "x y", "shout(x)", "\"a", "format(x", "fresh(x)", "fresh(\"1\")", "zero()", "zero(x"]
        {
            assert!(TextValue::parse(text).is_err(), "{text}");
        }
    }
}
