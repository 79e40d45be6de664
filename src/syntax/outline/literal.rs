//! What a string literal stands for.

/// The value of a string literal, given with its quotes.
///
/// An unknown escape stands for its second character, and bytes that are not
/// UTF-8 become U+FFFD. Anything too short to be quoted is empty.
pub fn unquoted(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if literal.starts_with('`') || !inner.contains('\\') {
        // Carriage returns are dropped from the value of a raw string.
        return if inner.contains('\r') { inner.replace('\r', "") } else { inner.to_owned() };
    }
    let mut value = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        value.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let (digits, radix, wide) = match rest.as_bytes().first() {
            Some(b'x') => (rest.get(1..3), 16, false),
            Some(b'u') => (rest.get(1..5), 16, true),
            Some(b'U') => (rest.get(1..9), 16, true),
            Some(b'0'..=b'7') => (rest.get(..3), 8, false),
            _ => (None, 10, false),
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        match (code, digits) {
            (Some(code), Some(digits)) => {
                match (wide, char::from_u32(code)) {
                    (true, Some(letter)) => {
                        value.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes())
                    }
                    _ => value.push(code as u8),
                }
                rest = &rest[digits.len() + usize::from(radix == 16)..];
            }
            _ => {
                // `\\` and `\"` stand for the second character.
                let kept = rest.chars().next().map_or(0, char::len_utf8);
                value.extend_from_slice(&rest.as_bytes()[..kept]);
                rest = &rest[kept..];
            }
        }
    }
    value.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&value).into_owned()
}
