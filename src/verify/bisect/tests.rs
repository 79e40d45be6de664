use super::*;
use proptest::prelude::*;

/// Plays one search: `trouble` says what is pointed at while some are held back.
fn searched(
    suspects: Vec<Vec<usize>>,
    unit: impl Fn(usize) -> usize,
    trouble: impl Fn(&BTreeSet<usize>) -> Option<BTreeSet<usize>>,
) -> (BTreeSet<usize>, usize) {
    let said = |held: &BTreeSet<usize>| {
        let named = trouble(held)?;
        let named: BTreeSet<usize> = named.difference(held).copied().collect();
        Some(Trouble { words: "words".to_owned(), named, ..Trouble::default() })
    };
    let first = said(&BTreeSet::new()).unwrap_or_default();
    let mut bisects = [Bisect::new(suspects, 2, first).with_units(unit)];
    let mut asked = 0;
    play(&mut bisects, &BTreeSet::new(), |_, held| {
        asked += 1;
        Ok(vec![said(held)])
    })
    .unwrap();
    (bisects[0].at_fault.iter().map(|(id, _)| *id).collect(), asked)
}

/// A search in which the toolchain points at nobody.
fn found(suspects: Vec<Vec<usize>>, trouble: impl Fn(&BTreeSet<usize>) -> bool) -> (BTreeSet<usize>, usize) {
    searched(suspects, |id| id, |held| trouble(held).then(BTreeSet::new))
}

#[test]
fn one_suspect_needs_one_question() {
    assert_eq!(found(vec![vec![7]], |held| !held.contains(&7)), ([7].into(), 1));
}

#[test]
fn one_of_many_is_found_in_few_questions() {
    let (at_fault, asked) = found(vec![(0..1000).collect()], |held| !held.contains(&613));
    assert_eq!(at_fault, [613].into());
    assert!(asked <= 12, "{asked}");
}

#[test]
fn those_that_are_pointed_at_are_found_in_few_questions() {
    let bad: BTreeSet<usize> = (0..20).map(|number| number * 97 + 3).collect();
    // Two innocents are pointed at as well.
    let pointed = |held: &BTreeSet<usize>| -> Option<BTreeSet<usize>> {
        let open: BTreeSet<usize> = bad.difference(held).copied().collect();
        (!open.is_empty()).then(|| open.iter().flat_map(|id| [*id, *id + 1]).collect())
    };
    let (at_fault, asked) = searched(vec![(0..2000).collect()], |id| id, pointed);
    assert_eq!(at_fault, bad);
    assert!(asked <= 4 * bad.len() + 4, "{asked}");
}

/// Plays one search in which what is said stands on the lines of the fixes at fault.
fn on_lines(count: usize, trouble: impl Fn(&BTreeSet<usize>) -> BTreeSet<usize>) -> (BTreeSet<usize>, usize) {
    let said = |held: &BTreeSet<usize>| {
        let named = trouble(held);
        let said = named.iter().map(|id| (*id, format!("words of {id}"))).collect();
        (!named.is_empty()).then(|| Trouble { words: "words".to_owned(), named, said })
    };
    let first = said(&BTreeSet::new()).unwrap_or_default();
    let mut bisects = [Bisect::new(vec![(0..count).collect()], 2, first)];
    let mut asked = 0;
    play(&mut bisects, &BTreeSet::new(), |_, held| {
        asked += 1;
        Ok(vec![said(held)])
    })
    .unwrap();
    for (id, words) in &bisects[0].at_fault {
        assert_eq!(*words, format!("words of {id}"));
    }
    (bisects[0].at_fault.iter().map(|(id, _)| *id).collect(), asked)
}

#[test]
fn questions_grow_with_the_digits_of_those_at_fault_on_their_own_lines() {
    for count in [10, 100, 1000] {
        let bad: BTreeSet<usize> = (0..count).map(|number| number * 7 + 3).collect();
        let (at_fault, asked) = on_lines(count * 8, |held| bad.difference(held).copied().collect());
        assert_eq!(at_fault, bad);
        assert!(asked <= 2 * count.ilog2() as usize + 2, "{count}: {asked}");
    }
}

#[test]
fn who_only_falls_over_another_comes_back() {
    // 4 breaks the lines of 5 and 6 as well, and 50 shows only when 4 and 60 to 70 are gone.
    let trouble = |held: &BTreeSet<usize>| {
        let open = |id: usize| !held.contains(&id);
        let mut said: BTreeSet<usize> = (60..70).filter(|id| open(*id)).collect();
        if open(4) {
            said.extend([4, 5, 6].into_iter().filter(|id| open(*id)));
        }
        if said.is_empty() && open(50) {
            said.insert(50);
        }
        said
    };
    let (at_fault, asked) = on_lines(200, trouble);
    assert_eq!(at_fault, (60..70).chain([4, 50]).collect());
    assert!(asked <= 16, "{asked}");
}

#[test]
fn many_at_fault_of_which_nothing_is_known_are_found() {
    let bad: BTreeSet<usize> = (0..20).map(|number| number * 97 + 3).collect();
    let (at_fault, _) = found(vec![(0..2000).collect()], |held| bad.iter().any(|id| !held.contains(id)));
    assert!(at_fault.is_superset(&bad));
    let (at_fault, asked) = found(vec![(0..100).collect()], |held| (0..100).any(|id| !held.contains(&id)));
    assert_eq!((at_fault.len(), asked <= LAST + 2), (100, true));
}

#[test]
fn what_comes_to_light_only_later_is_pointed_at_then() {
    // 40 shows only when 3 is gone, 41 only when 40 is.
    let bad = [3, 40, 41];
    let pointed = |held: &BTreeSet<usize>| Some([*bad.iter().find(|id| !held.contains(id))?].into());
    let (at_fault, asked) = searched(vec![(0..200).collect()], |id| id, pointed);
    assert_eq!((at_fault, asked <= 10), (bad.into(), true));
}

#[test]
fn who_is_pointed_at_wrongly_is_let_in_again() {
    let pointed = |held: &BTreeSet<usize>| (!held.contains(&9)).then(|| BTreeSet::from([1, 2]));
    let (at_fault, _) = searched(vec![vec![1, 2, 3], (0..20).collect()], |id| id, pointed);
    assert_eq!(at_fault, [9].into());
}

#[test]
fn those_that_build_only_together_are_let_in_together() {
    // 2, 3 and 4 need each other, and 7 is at fault; nothing is pointed at.
    let trouble = |held: &BTreeSet<usize>| {
        let group = [2, 3, 4].iter().filter(|id| held.contains(id)).count();
        !held.contains(&7) || (group > 0 && group < 3)
    };
    let unit = |id: usize| if (2..=4).contains(&id) { 2 } else { id };
    let (at_fault, _) = searched(vec![(0..12).collect()], unit, |held| trouble(held).then(BTreeSet::new));
    assert_eq!(at_fault, [7].into());
    // One of them is at fault: the others stay out with it.
    let (at_fault, _) = searched(vec![(0..12).collect()], unit, |held| {
        (trouble(held) || !held.contains(&3)).then(BTreeSet::new)
    });
    assert_eq!(at_fault, [2, 3, 4, 7].into());
}

#[test]
fn the_range_widens_when_the_nearest_is_not_at_fault() {
    let (at_fault, _) = found(vec![vec![1], vec![1, 2, 3]], |held| !held.contains(&3));
    assert_eq!(at_fault, [3].into());
}

#[test]
fn two_that_only_clash_lose_one() {
    let (at_fault, _) = found(vec![vec![1, 2, 3, 4]], |held| !held.contains(&1) && !held.contains(&4));
    assert_eq!(at_fault, [4].into());
}

#[test]
fn trouble_that_never_goes_holds_back_everybody() {
    assert_eq!(found(vec![vec![1], vec![1, 2]], |_| true).0, [1, 2].into());
}

#[test]
fn no_answer_holds_back_everything_near() {
    let mut bisects = [Bisect::new(vec![vec![1], vec![1, 2]], 2, "words".to_owned().into())];
    assert!(play(&mut bisects, &BTreeSet::new(), |_, _| Err("time ran out".into())).is_err());
    assert_eq!(bisects[0].at_fault.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);
    assert!(bisects[0].at_fault[0].1.contains("time ran out"));
}

proptest! {
    #[test]
    fn what_is_said_on_lines_leads_to_those_at_fault(
        causes in proptest::collection::btree_map(0usize..60, proptest::collection::btree_set(0usize..60, 0..5), 1..20),
    ) {
        // Each of the keys breaks its own line and those of its values.
        let trouble = |held: &BTreeSet<usize>| -> BTreeSet<usize> {
            let open = causes.iter().filter(|(id, _)| !held.contains(id));
            open.flat_map(|(id, lines)| lines.iter().chain([id]).copied()).filter(|id| !held.contains(id)).collect()
        };
        let (at_fault, asked) = on_lines(60, trouble);
        prop_assert!(trouble(&at_fault).is_empty());
        prop_assert!(at_fault.iter().filter(|id| causes.contains_key(id)).count() == causes.len());
        prop_assert!(asked <= LAST + 2);
    }

    #[test]
    fn ends_and_leaves_no_trouble(
        bad in proptest::collection::btree_set(0usize..60, 1..30),
        pointed in proptest::collection::btree_set(0usize..60, 0..60),
    ) {
        let open = |held: &BTreeSet<usize>| bad.iter().any(|id| !held.contains(id));
        let trouble = |held: &BTreeSet<usize>| open(held).then(|| pointed.clone());
        let (at_fault, asked) = searched(vec![(0..60).collect()], |id| id, trouble);
        prop_assert!(!open(&at_fault));
        prop_assert!(asked <= LAST + 2);
        prop_assert!(at_fault == bad, "an innocent fix was held back: {at_fault:?} for {bad:?}");
    }
}
