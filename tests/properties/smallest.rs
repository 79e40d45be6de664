//! From a text that fails to a small one that fails the same way.

/// How many texts are tried. Each of them goes through the catalogue.
const TRIES: usize = 600;

/// The smallest text that was found for which `fails` holds, by leaving out
/// ever fewer lines, then tokens.
pub fn smallest(text: &str, fails: &dyn Fn(&str) -> bool) -> String {
    let mut tries = TRIES;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let text = reduced(lines, fails, &mut tries);
    if text.len() > 2000 {
        return text;
    }
    let pieces = crate::tokens::pieces(&text);
    reduced(pieces, fails, &mut tries)
}

fn reduced(mut parts: Vec<&str>, fails: &dyn Fn(&str) -> bool, tries: &mut usize) -> String {
    let mut size = parts.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let before = parts.len();
        while at < parts.len() && *tries > 0 {
            let end = (at + size).min(parts.len());
            let less: String = parts[..at].iter().chain(&parts[end..]).copied().collect();
            *tries -= 1;
            if fails(&less) {
                parts.drain(at..end);
            } else {
                at = end;
            }
        }
        if *tries == 0 {
            break;
        }
        size = match size {
            1 if parts.len() < before => 1,
            1 => 0,
            _ => size / 2,
        };
    }
    parts.concat()
}
