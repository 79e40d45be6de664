//! How numbers with units are written on the command line.

use crate::model::GoVersion;
use jiff::SignedDuration;
use std::time::Duration;

/// A version of Go: `1.23`.
pub(super) fn go_version(text: &str) -> Result<GoVersion, String> {
    GoVersion::parse(text).ok_or_else(|| "write it as 1.23".to_owned())
}

/// A number of bytes: `500k`, `4M`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit =
        match text[digits..].trim_start().to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
            "" => 1,
            "k" => 1 << 10,
            "m" => 1 << 20,
            "g" => 1 << 30,
            _ => return Err("write a number with k, M or G behind it".to_owned()),
        };
    let number: u64 =
        text[..digits].parse().map_err(|_| "write a number with k, M or G behind it".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "that is more than any file has".to_owned())
}

/// A time: `90`, `5m`, `1m30s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write seconds, or numbers with h, m and s behind them: 90, 5m, 1m30s".to_owned();
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let duration: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_do() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        for (text, expected) in
            [("90", 90), ("90s", 90), ("5m", 300), ("1m30s", 90), ("1h", 3600), ("2h5m", 7500)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "m", "-5s", "5x", "1:30", "99999999999999999999"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
