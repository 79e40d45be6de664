//! The words of a comment that suppresses.

/// Whether `pattern`, in which `*` stands for any text and `?` for one letter, fits `name`,
/// whatever the case of letters. A file may have 100,000 such names, so none is compiled to an
/// expression that would have to be kept.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut here) = (0, 0);
    // Behind the last `*`, and how much of the name it stands for so far.
    let mut star: Option<(usize, usize)> = None;
    while here < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, here));
                at += 1;
            }
            Some(letter) if *letter == b'?' || letter.eq_ignore_ascii_case(&name[here]) => {
                at += 1;
                here += 1;
            }
            _ => match star {
                Some((behind, taken)) => {
                    star = Some((behind, taken + 1));
                    (at, here) = (behind, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

/// Where the list of rules ends: at the first blank that no comma goes before.
pub(super) fn end_of_list(text: &str) -> usize {
    let mut last = ',';
    for (at, next) in text.char_indices() {
        if next.is_ascii_whitespace() && last != ',' {
            return at;
        }
        if !next.is_ascii_whitespace() {
            last = next;
        }
    }
    text.len()
}

/// What follows the directive `word`, which ends at a blank or at the end.
pub(super) fn after_word<'a>(comment: &'a str, word: &str) -> Option<&'a str> {
    let rest = comment.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim())
}
