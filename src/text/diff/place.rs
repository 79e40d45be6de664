//! Where a run of added or removed lines stands when it could stand in several
//! places.
//!
//! A function that is added between two others can be shown as the function
//! and the blank line after it, or as the last brace of the one above, the
//! blank line and the function without its own brace. Both are right; only the
//! first can be read.

use super::lines::{DiffLines, LineChange};
use std::ops::Range;

/// How far a run is moved at most, in lines, so that a long run of equal lines
/// costs little.
const REACH: usize = 100;

/// Moves each run that only adds or only removes to its most readable place.
pub(super) fn cleanup(changes: &mut [LineChange], old: &DiffLines, new: &DiffLines) {
    for at in 0..changes.len() {
        let (above, rest) = changes.split_at_mut(at);
        let (change, below) = rest.split_first_mut().expect("`at` is an index of the list");
        let (run, lines) = match (change.old.is_empty(), change.new.is_empty()) {
            (true, false) => (change.new.clone(), new),
            (false, true) => (change.old.clone(), old),
            _ => continue,
        };
        // One unchanged line stays between two runs: which of them it would
        // join is not for this function to decide.
        let room_above = above.last().map_or(change.old.start, |other| change.old.start - other.old.end - 1);
        let room_below =
            below.first().map_or(old.len - change.old.end, |other| other.old.start - change.old.end - 1);
        let moved = best(&run, lines, room_above, room_below);
        let shift =
            |range: &Range<usize>| range.start + moved.start - run.start..range.end + moved.start - run.start;
        *change = LineChange { old: shift(&change.old), new: shift(&change.new) };
    }
}

fn best(run: &Range<usize>, lines: &DiffLines, room_above: usize, room_below: usize) -> Range<usize> {
    let up = (0..room_above.min(REACH))
        .take_while(|by| lines.get(run.start - 1 - by) == lines.get(run.end - 1 - by))
        .count();
    let down = (0..room_below.min(REACH))
        .take_while(|by| lines.get(run.start + by) == lines.get(run.end + by))
        .count();
    (run.start - up..=run.start + down)
        .map(|start| start..start + run.len())
        // Of equals the last wins: reversed, because `min_by_key` takes the first.
        .rev()
        .min_by_key(|place| cost(place.start, lines) + cost(place.end, lines))
        .expect("the run's own place is one of them")
}

/// How hard it is to read a border between line `at` and the one above it.
/// Little between paragraphs and at little indentation, much in front of the
/// end of a block.
fn cost(at: usize, lines: &DiffLines) -> usize {
    if at == 0 || at >= lines.len {
        return 0;
    }
    let blank = |line: usize| lines.get(line).trim_ascii().is_empty();
    let Some(below) = (at..lines.len).take(REACH).find(|&line| !blank(line)) else { return 0 };
    let depth = indent(lines.get(below));
    let closes = !blank(at - 1) && depth < indent(lines.get(at - 1));
    let border = match (blank(at - 1), blank(at)) {
        (true, _) => 0,
        (false, true) => 6,
        (false, false) => 12,
    };
    depth + border + if closes { 24 } else { 0 }
}

/// Columns of white space in front of a line, a tab counting for four.
fn indent(line: &[u8]) -> usize {
    line.iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .map(|byte| if *byte == b'\t' { 4 } else { 1 })
        .sum()
}
