//! A run that stands on a line of its own where Go wants a whole case or spec.

use super::patch::Line;
use super::side::DOTS;

/// What the innermost open bracket at the end of a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenBracket {
    /// A `switch` or `select`, and whether a case was met.
    Cases(bool),
    /// `var (` or `type (`
    Specs,
    /// Any other parenthesis.
    Parenthesis,
    /// Anything else.
    Other,
}

/// The texts of the lines, in which a run between cases is a case, and one between specs a
/// spec. `runs` are the variables that stand for runs.
pub fn written_out(lines: &[&Line], runs: &[&str]) -> Vec<String> {
    let mut open: Vec<OpenBracket> = Vec::new();
    let mut texts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let text = line.text.trim();
        let run = match text {
            "..." => Some(DOTS),
            name => runs.contains(&name).then_some(name),
        };
        let next = lines[index + 1..].iter().map(|line| line.text.trim()).find(|text| !text.is_empty());
        let ends = next.is_some_and(|next| next.starts_with('}'));
        let before = lines[..index].iter().rev().map(|line| line.text.trim()).find(|text| !text.is_empty());
        let behind_run = before.is_some_and(|before| before == "..." || runs.contains(&before));
        texts.push(match (run, open.last()) {
            (Some(run), Some(OpenBracket::Cases(false))) => format!("case {run}:"),
            // The cases behind one whose statements are a run too.
            (Some(run), Some(OpenBracket::Cases(true))) if behind_run => format!("case {run}:"),
            (Some(run), Some(OpenBracket::Cases(true))) if next.is_some_and(|next| next == "...") => {
                run.to_owned()
            }
            // The statements of the last case, and the cases behind it.
            (Some(run), Some(OpenBracket::Cases(true))) if ends && run == DOTS => {
                format!("{run}; case {run}:")
            }
            (Some(run), Some(OpenBracket::Specs)) => format!("{run} {run}"),
            (_, top) => with_types(&line.text, top == Some(&OpenBracket::Parenthesis), next, runs),
        });
        if let Some(OpenBracket::Cases(met)) = open.last_mut()
            && is_case(text)
        {
            *met = true;
        }
        follow(text, &mut open);
    }
    texts
}

fn is_case(text: &str) -> bool {
    ["case", "default"]
        .iter()
        .any(|word| text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', ':', '\t', '('])))
}

/// Follows the brackets of a line.
fn follow(text: &str, open: &mut Vec<OpenBracket>) {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let cases = words.contains(&"switch") || words.contains(&"select");
    let specs = matches!(words.first(), Some(&("var" | "type")));
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quote = Some(c),
            (None, '{') => open.push(if cases { OpenBracket::Cases(false) } else { OpenBracket::Other }),
            (None, '(') if specs && text.ends_with('(') => open.push(OpenBracket::Specs),
            (None, '(') => open.push(OpenBracket::Parenthesis),
            (None, '[') => open.push(OpenBracket::Other),
            (None, '}' | ')' | ']') => drop(open.pop()),
            _ => {}
        }
    }
}

/// The line, in which a run of parameters before a parameter with a type has a type too:
/// else Go takes its name for one more of the same type.
fn with_types(text: &str, inside: bool, next: Option<&str>, runs: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut inside = inside;
    while let Some(comma) = rest.find(',') {
        let (before, behind) = rest.split_at(comma);
        let word = before.trim_start_matches(|c: char| c != '(').trim_start_matches('(');
        let word = if before.contains('(') { word } else { before }.trim();
        let follows = behind[1..].trim();
        let follows = if follows.is_empty() { next.unwrap_or_default() } else { follows };
        inside |= before.contains('(');
        let run = if !inside {
            None
        } else if word == "..." {
            Some(DOTS)
        } else {
            runs.contains(&word).then_some(word)
        };
        match run.filter(|_| begins_typed(follows)) {
            Some(run) => {
                let at = before.len() - before.trim_end().len();
                let end = before.len() - at;
                out.push_str(&before[..end - word.len()]);
                out.push_str(&format!("{run} {run},"));
            }
            None => out.push_str(&rest[..=comma]),
        }
        rest = &behind[1..];
    }
    out.push_str(rest);
    out
}

/// Whether a name and a type begin the text.
fn begins_typed(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let ty = rest.trim_start();
    !name.is_empty()
        && ty.len() < rest.len()
        && ty.starts_with(|c: char| c.is_alphabetic() || matches!(c, '*' | '[' | '.' | '<' | '_'))
}
