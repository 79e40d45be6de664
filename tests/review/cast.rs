//! The review that the guide shows is one that took place.

use super::seat::Seat;
use crate::ground::Ground;
use crate::toolchain;
use std::path::Path;

const GUIDE: &str = "docs/guide.md";
const OPEN: &str = "<!-- screen of a review -->\n";
const CLOSE: &str = "<!-- end of screen -->";

/// Set `BLESS=1` to write it.
#[test]
fn the_guide_shows_a_review_that_took_place() {
    toolchain::need();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = |name: &str| std::fs::read_to_string(root.join("examples/service").join(name)).unwrap();
    let names = ["go.mod", "main.go", "sum_test.go"];
    let texts = names.map(example);
    let files: Vec<(&str, &str)> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let ground = Ground::new(&files);
    let seat = Seat::wide(&ground, &["fix", "-i", "--select", "timers,gosched"], 100, &[]);
    seat.at("1/2").press("y").at("2/2").press("n").at("end").press("y").ends(0).sees("Applied 1 fix");
    let shown =
        format!("```text\n$ gomend fix -i --select timers,gosched\n{}\n```\n", seat.screen().trim_end());
    let path = root.join(GUIDE);
    let mut guide = std::fs::read_to_string(&path).unwrap();
    let start = guide.find(OPEN).expect("the guide shows a review") + OPEN.len();
    let end = start + guide[start..].find(CLOSE).expect("the review ends");
    if std::env::var_os("BLESS").is_some() {
        guide.replace_range(start..end, &shown);
        std::fs::write(&path, guide).unwrap();
    } else {
        assert_eq!(&guide[start..end], shown, "BLESS=1 writes it");
    }
    is_image("docs/review.svg", &seat.image("gomend fix -i --select timers,gosched"));
}

#[test]
fn the_image_of_a_check_shows_what_it_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("examples/service/sum_test.go")).unwrap();
    let module = std::fs::read_to_string(root.join("examples/service/go.mod")).unwrap();
    let ground = Ground::new(&[("go.mod", &module), ("sum_test.go", &text)]);
    let seat = Seat::wide(&ground, &["check", "--no-pager"], 100, &[]);
    seat.ends(1);
    is_image("docs/check.svg", &seat.image("gomend check"));
}

/// Compares an image of the documents with what it should be, or writes it.
fn is_image(name: &str, image: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    roxmltree::Document::parse(image).unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, image).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(&path).unwrap() == image,
            "{name} shows something else; BLESS=1 writes it"
        );
    }
}
