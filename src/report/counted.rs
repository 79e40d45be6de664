//! Numbers with what they count, as they are read: `1 file`, `1,204 fixes`.

/// `number` of what is called `one` where it is one, else `many`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A number as it is read: `1,204`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(0, "fix", "fixes"), "0 fixes");
        assert_eq!(counted(1, "fix", "fixes"), "1 fix");
        assert_eq!(counted(1204, "fix", "fixes"), "1,204 fixes");
    }
}
