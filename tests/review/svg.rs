//! A screen as an SVG image: its colours, and text that can be selected.

use std::fmt::Write;
use vt100::{Cell, Color, Screen};

/// The size of a cell in the image.
const WIDE: f64 = 8.4;
const HIGH: f64 = 18.0;
/// The room around the screen.
const MARGIN: f64 = 12.0;

/// The sixteen colours by their numbers, on a dark ground.
const PALETTE: [&str; 16] = [
    "#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4", "#6e7681",
    "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
];

#[derive(Clone, PartialEq, Default)]
struct Style {
    fill: String,
    ground: String,
    bold: bool,
    dim: bool,
}

impl Style {
    fn of(cell: &Cell) -> Style {
        let (mut fill, mut ground) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
        if cell.inverse() {
            (fill, ground) = (if ground.is_empty() { "#0d1117".to_owned() } else { ground }, fill);
        }
        Style { fill, ground, bold: cell.bold(), dim: cell.dim() }
    }

    fn attributes(&self) -> String {
        let mut said = String::new();
        if !self.fill.is_empty() {
            write!(said, " fill=\"{}\"", self.fill).unwrap();
        }
        if self.bold {
            said.push_str(" font-weight=\"bold\"");
        }
        if self.dim {
            said.push_str(" opacity=\"0.6\"");
        }
        said
    }
}

fn colour(colour: Color) -> String {
    /// What each of the six steps of the colour cube is.
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match colour {
        Color::Default => String::new(),
        Color::Idx(index @ 0..16) => PALETTE[usize::from(index)].to_owned(),
        Color::Idx(index @ 16..232) => {
            let step = |by: u8| STEPS[usize::from((index - 16) / by % 6)];
            format!("#{:02x}{:02x}{:02x}", step(36), step(6), step(1))
        }
        Color::Idx(index) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (index - 232)),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}

/// The image of what `screen` shows, below the line of the `command`.
pub fn image(screen: &Screen, command: &str) -> String {
    let columns = screen.size().1.get();
    let rows = u16::try_from(screen.contents().trim_end().lines().count()).unwrap();
    let (width, height) =
        (f64::from(columns) * WIDE + 2.0 * MARGIN, f64::from(rows + 1) * HIGH + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" \
         font-size=\"14\" fill=\"#e6edf3\" xml:space=\"preserve\">\n<title>{0}</title>\n\
         <style>text {{ white-space: pre }}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#0d1117\"/>\n\
         <text x=\"{MARGIN}\" y=\"{1:.0}\">$ {0}</text>\n",
        escaped(command),
        MARGIN + HIGH * 0.75,
    );
    for row in 0..rows {
        let top = MARGIN + f64::from(row + 1) * HIGH;
        let (mut grounds, mut text) = (String::new(), String::new());
        for (column, style, said) in runs(screen, row, columns) {
            let left = MARGIN + f64::from(column) * WIDE;
            if !style.ground.is_empty() {
                let long = said.chars().count() as f64 * WIDE;
                writeln!(
                    grounds,
                    "<rect x=\"{left:.1}\" y=\"{top:.0}\" width=\"{long:.1}\" height=\"{HIGH:.0}\" fill=\"{}\"/>",
                    style.ground
                )
                .unwrap();
            }
            write!(text, "<tspan x=\"{left:.1}\"{}>{}</tspan>", style.attributes(), escaped(&said)).unwrap();
        }
        if !text.is_empty() {
            writeln!(svg, "{grounds}<text y=\"{:.0}\">{text}</text>", top + HIGH * 0.75).unwrap();
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The pieces of a row that look the same, each with its first column. Blanks at the end are
/// left out.
fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<(u16, Style, String)> {
    let mut runs: Vec<(u16, Style, String)> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else {
            continue;
        };
        let said = if cell.has_contents() { cell.contents() } else { " " };
        let style = Style::of(cell);
        match runs.last_mut() {
            Some((_, last, text)) if *last == style => text.push_str(said),
            _ => runs.push((column, style, said.to_owned())),
        }
    }
    while runs.last().is_some_and(|(_, style, text)| style.ground.is_empty() && text.trim().is_empty()) {
        runs.pop();
    }
    if let Some((_, style, text)) = runs.last_mut()
        && style.ground.is_empty()
    {
        text.truncate(text.trim_end().len());
    }
    runs
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
