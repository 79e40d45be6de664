//! How often something happens, in words.

/// `d` nanoseconds as a rate: `once a minute`, `once every 30 seconds`.
pub fn rate(d: i64) -> String {
    const UNITS: &[(i64, &str)] = &[
        (3_600_000_000_000, "hour"),
        (60_000_000_000, "minute"),
        (1_000_000_000, "second"),
        (1_000_000, "millisecond"),
        (1_000, "microsecond"),
        (1, "nanosecond"),
    ];
    let (length, unit) = UNITS.iter().find(|(length, _)| d % length == 0).unwrap_or(&(1, "nanosecond"));
    match d / length {
        1 => format!("once {} {unit}", if *unit == "hour" { "an" } else { "a" }),
        count => format!("once every {count} {unit}s"),
    }
}
