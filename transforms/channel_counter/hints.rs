//! What the bytes of a file say of a channel: most are nothing like a counter, and
//! need not be parsed for that.

use crate::syntax::byte_checks;
use memchr::memmem;

/// Whether something called `name` is made in a literal or an assignment.
pub(super) fn is_made(text: &[u8], name: &[u8]) -> bool {
    behind(text, name).any(|(_, rest)| match rest {
        [b':' | b'=', value @ ..] => value.trim_ascii_start().starts_with(b"make"),
        _ => false,
    })
}

/// Whether a range clause goes over a field called `name`.
pub(super) fn is_drained(text: &[u8], name: &[u8]) -> bool {
    behind(text, name).any(|(before, rest)| {
        rest.first() == Some(&b'{')
            && before.last() == Some(&b'.')
            && byte_checks::has_word(byte_checks::code_before(before, before.len()), "range")
    })
}

/// Whether something is sent to what is called `name`.
pub(super) fn is_sent_to(text: &[u8], name: &[u8]) -> bool {
    behind(text, name).any(|(_, rest)| rest.starts_with(b"<-"))
}

/// What stands before and behind each mention of the word `name`, blanks behind it
/// left out.
fn behind<'a>(text: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    memmem::find_iter(text, name)
        .filter(move |start| byte_checks::is_word(text, *start, start + name.len()))
        .map(move |start| {
            let rest = &text[start + name.len()..];
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            (&text[..start], &rest[blanks..])
        })
}
