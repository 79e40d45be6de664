//! A run that stands on a line of its own where Go wants a whole case or spec.

use super::patch::Line;
use super::side::DOTS;

/// What the innermost open bracket at the end of a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    /// A `switch` or `select`, and whether a case was met.
    Cases(bool),
    /// `var (` or `type (`
    Specs,
    /// Anything else.
    Other,
}

/// The texts of the lines, in which a run between cases is a case, and one between specs a
/// spec. `runs` are the variables that stand for runs.
pub fn written_out(lines: &[&Line], runs: &[&str]) -> Vec<String> {
    let mut open: Vec<Opened> = Vec::new();
    let mut texts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let text = line.text.trim();
        let run = match text {
            "..." => Some(DOTS),
            name => runs.contains(&name).then_some(name),
        };
        let next = lines[index + 1..].iter().map(|line| line.text.trim()).find(|text| !text.is_empty());
        let ends = next.is_some_and(|next| next.starts_with('}'));
        texts.push(match (run, open.last()) {
            (Some(run), Some(Opened::Cases(false))) => format!("case {run}:"),
            // The statements of the last case, and the cases behind it.
            (Some(run), Some(Opened::Cases(true))) if ends && run == DOTS => {
                format!("{run}; case {run}:")
            }
            (Some(run), Some(Opened::Specs)) => format!("{run} {run}"),
            _ => line.text.clone(),
        });
        if let Some(Opened::Cases(met)) = open.last_mut()
            && is_case(text)
        {
            *met = true;
        }
        follow(text, &mut open);
    }
    texts
}

fn is_case(text: &str) -> bool {
    ["case", "default"].iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', ':', '\t', '(']))
    })
}

/// Follows the brackets of a line.
fn follow(text: &str, open: &mut Vec<Opened>) {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let cases = words.contains(&"switch") || words.contains(&"select");
    let specs = matches!(words.first(), Some(&("var" | "type")));
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quote = Some(c),
            (None, '{') => open.push(if cases { Opened::Cases(false) } else { Opened::Other }),
            (None, '(') if specs && text.ends_with('(') => open.push(Opened::Specs),
            (None, '(' | '[') => open.push(Opened::Other),
            (None, '}' | ')' | ']') => drop(open.pop()),
            _ => {}
        }
    }
}
