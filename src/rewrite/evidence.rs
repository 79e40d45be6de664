//! What a benchmark measured of a rule, before and after, beside the figure of
//! the document that the rule comes from.

/// One line of `transforms/evidence.tsv`, which `scripts/evidence.sh` writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What the figures count: `ns/op`, or a unit of the pair's own.
    pub unit: String,
    /// The median of the code that the rule finds.
    pub before: f64,
    /// The median of the code that it writes or advises.
    pub after: f64,
    /// The documents' keys and parts, as in a rule's `seeds`.
    pub exercise: String,
    /// What the document says it measured.
    pub seed: String,
    /// The Go version and the machine.
    pub setting: String,
}

impl Evidence {
    /// The line of `rule` in a table of tabs, whose first line says where it was
    /// measured.
    pub fn of(table: &str, rule: &str) -> Option<Evidence> {
        let setting = table.lines().next()?.split_once(", ")?.1.to_owned();
        let mut columns = table
            .lines()
            .map(|line| line.split('\t'))
            .find_map(|mut columns| (columns.next() == Some(rule)).then_some(columns))?;
        let mut next = || columns.next().map(str::to_owned);
        let (unit, before, after) = (next()?, next()?.parse().ok()?, next()?.parse().ok()?);
        Some(Evidence { unit, before, after, exercise: next()?, seed: next()?, setting })
    }

    /// Both figures and what they come to: `525 -> 162 ns/op, 3.2 times faster`.
    pub fn figures(&self) -> String {
        let both = format!("{} -> {} {}", plain(self.before), plain(self.after), self.unit);
        match self.unit.as_str() {
            "ns/op" => format!("{both}, {}", self.ratio()),
            _ => both,
        }
    }

    /// How the times compare. Below a third more or less, a shared machine
    /// cannot tell a difference.
    fn ratio(&self) -> String {
        let times = self.before / self.after;
        match times {
            _ if times >= 1.3 => format!("{} times faster", short(times)),
            _ if times <= 1.0 / 1.3 => format!("{} times slower", short(1.0 / times)),
            _ => "no difference".to_owned(),
        }
    }
}

/// Two digits that count, or all before the point.
fn short(times: f64) -> String {
    if times < 10.0 { format!("{times:.1}") } else { plain(times.round()) }
}

/// A figure with commas between thousands.
fn plain(figure: f64) -> String {
    let text = figure.to_string();
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), String::new()), |(whole, part)| (whole, format!(".{part}")));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# Medians of x, go1.26.8 linux/amd64\n# rule\tunit\tbefore\tafter\texercise\tseed\n\
        a\tns/op\t4800\t1200.5\tSRC 3\t7 times\nb\tns/op\t10\t11\tSEN 2\tno figure\nc\tpages\t5\t0\tPKG\tno figure\n";

    #[test]
    fn a_line_says_what_was_measured() {
        let figures = |rule: &str| Evidence::of(TABLE, rule).unwrap().figures();
        assert_eq!(figures("a"), "4,800 -> 1,200.5 ns/op, 4.0 times faster");
        assert_eq!(figures("b"), "10 -> 11 ns/op, no difference");
        assert_eq!(figures("c"), "5 -> 0 pages");
        assert_eq!(Evidence::of(TABLE, "a").unwrap().setting, "go1.26.8 linux/amd64");
        assert_eq!(Evidence::of(TABLE, "d"), None);
    }
}
