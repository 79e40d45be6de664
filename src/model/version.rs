//! Go language versions, as go.mod and build constraints write them.

use std::fmt;

/// A Go release `1.minor` (major is always 1 today; patch releases change no
/// semantics that a transform depends on).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoVersion(pub u16, pub u16);

impl GoVersion {
    /// Reads `1.23`, `1.23.4`, `1.23rc1` or `go1.23`.
    pub fn parse(text: &str) -> Option<GoVersion> {
        let text = text.trim();
        let text = text.strip_prefix("go").unwrap_or(text);
        let (major, rest) = text.split_once('.').unwrap_or((text, "0"));
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some(GoVersion(major.parse().ok()?, rest[..digits].parse().ok()?))
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl serde::Serialize for GoVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_mod_and_tags_write() {
        for (text, want) in [
            ("1.23", Some(GoVersion(1, 23))),
            ("1.23.4", Some(GoVersion(1, 23))),
            ("go1.9", Some(GoVersion(1, 9))),
            ("1.24rc1", Some(GoVersion(1, 24))),
            ("1", Some(GoVersion(1, 0))),
            ("one", None),
            ("1.", None),
        ] {
            assert_eq!(GoVersion::parse(text), want, "{text}");
        }
        assert!(GoVersion(1, 9) < GoVersion(1, 23));
    }
}
