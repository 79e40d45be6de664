//! The words of a Go name: what `forceGC`, `GC_now` and `runGCNow` have in
//! common.

/// The words of `name` in lower case: split where case changes, at digits and
/// at whatever is no letter. A run of capitals is one word, its last letter
/// left to the word that it begins (`runGCNow` is `run`, `gc`, `now`).
pub fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut found = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || after.is_some_and(|after| after.is_lowercase()));
        if (starts || !letter.is_alphabetic()) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if letter.is_alphabetic() {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// Whether a word of `name` begins with one of `stems`; a stem of up to three
/// letters must be the whole word.
pub fn speaks_of(name: &str, stems: &[&str]) -> bool {
    words(name)
        .iter()
        .any(|word| stems.iter().any(|stem| word == stem || (stem.len() > 3 && word.starts_with(stem))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, want) in [
            ("forceGC", vec!["force", "gc"]),
            ("GC", vec!["gc"]),
            ("runGCNow", vec!["run", "gc", "now"]),
            ("/debug/gc", vec!["debug", "gc"]),
            ("logcat", vec!["logcat"]),
            ("gc_2nd", vec!["gc", "nd"]),
            ("HTTPServer", vec!["http", "server"]),
            ("", vec![]),
        ] {
            assert_eq!(words(name), want, "{name}");
        }
    }

    #[test]
    fn short_stems_are_whole_words() {
        assert!(speaks_of("collectGarbage", &["collect"]));
        assert!(speaks_of("Collector", &["collect"]));
        assert!(speaks_of("testGCBig", &["gc"]));
        assert!(!speaks_of("gcp", &["gc"]));
        assert!(!speaks_of("memo", &["mem"]));
    }
}
