//! What is tried before two laws count as the same.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::law::equivalence::{Assignment, Comparison, FAR, KINDS, LARGE, MOST};
use crate::law::expr::Law;
use crate::random::Random;

fn law(text: &str) -> Law {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The durations that one kind of assignment has, over many rounds.
fn of_kind(kind: usize) -> BTreeSet<u64> {
    let (one, other) = (law("max(a + 100ms, b)"), law("max(a, b + 1s)"));
    let comparison = Comparison::new(&one, &other);
    let mut random = Random::new(1);
    (0..1_000).flat_map(|_| comparison.durations(kind, &mut random)).collect()
}

#[test]
fn durations_of_each_kind_are_those_that_the_docs_tell() {
    let around = |ticks: &[u64]| -> BTreeSet<u64> {
        ticks.iter().flat_map(|tick| tick.saturating_sub(1)..=tick + 1).collect()
    };
    assert_eq!(of_kind(0), (0..3).collect(), "small, with ties");
    assert_eq!(of_kind(1), (0..12).collect(), "small, with ties");
    let large = 1 << 20;
    assert_eq!(of_kind(2), (0..4).chain(large..large + 4).collect(), "small or far larger");
    assert_eq!(of_kind(3), (0..32).map(|power| 1 << power).collect(), "powers of two");
    assert_eq!(of_kind(4), around(&[0, 100, 1_000]), "the constants, and none");
    // 100 + 100, 100 + 1000, 1000 + 1000, 1000 - 100, and each with none.
    let both = [0, 100, 200, 900, 1_000, 1_100, 2_000];
    assert_eq!(of_kind(5), around(&both), "sums and differences of constants");
    let any = of_kind(6);
    assert!(any.iter().all(|it| *it < 2_100), "up to the constants and beyond");
    assert!(any.first() < Some(&50) && any.last() > Some(&2_050));
}

#[test]
fn the_last_kind_has_durations_of_every_kind() {
    let all = of_kind(7);
    for kind in 0..=5 {
        assert!(of_kind(kind).is_subset(&all), "{kind}");
    }
    assert!(all.range(1_200..1_900).next().is_some());
}

#[test]
fn each_duration_is_far_larger_and_far_smaller_than_the_rest_once() {
    // Six durations: a, b and four steps called c.
    let (one, other) = (law("a + b + sum(c)"), law("max(a, b, sum(c))"));
    let comparison = Comparison::new(&one, &other);
    let tried: Vec<_> = comparison.outstanding().collect();
    assert_eq!(tried.len(), 2 * comparison.count);
    for (place, both) in tried.chunks(2).enumerate() {
        let [larger, smaller] = both else { unreachable!() };
        let far = |assignment: &Assignment, range: Range<u64>| {
            let mut rest = assignment.durations.clone();
            let its = rest.remove(place);
            assert!(rest.iter().all(|duration| range.contains(duration)), "{rest:?}");
            its
        };
        assert_eq!([far(larger, 1..5), far(smaller, FAR..FAR + 4)], [FAR, 0]);
        assert_eq!([larger.more, smaller.more], [place % 4; 2]);
    }
}

#[test]
fn of_many_durations_evenly_chosen_ones_are_outstanding() {
    let many: Vec<_> = (0..6_000).map(|place| format!("s{place}")).collect();
    let many = law(&format!("max({})", many.join(", ")));
    let comparison = Comparison::new(&many, &many);
    // 20,000,000 / (2 * 6,000 + 1 + 6,000) are tried: every sixth of 6,000.
    assert_eq!(comparison.rounds(), 1_111);
    let far = comparison.outstanding().step_by(2).take(3).map(|it| {
        it.durations.iter().position(|duration| *duration == FAR).expect("one is far larger")
    });
    assert_eq!(far.collect::<Vec<_>>(), [0, 6, 12]);
}

#[test]
fn every_kind_is_tried_with_every_number_of_steps() {
    let (one, other) = (law("max(a)"), law("limit(2, a)"));
    let comparison = Comparison::new(&one, &other);
    // Up to three steps more than there are permits.
    let more: Vec<_> = comparison.any().map(|it| it.more).collect();
    assert_eq!(more.len(), MOST);
    assert_eq!(more[..2 * KINDS], [[0; KINDS], [1; KINDS]].concat());
    assert_eq!(more[5 * KINDS..7 * KINDS], [[5; KINDS], [0; KINDS]].concat());
    // The second kind of each number of steps is the one up to twelve.
    let kinds: BTreeSet<_> =
        comparison.any().skip(1).step_by(KINDS).flat_map(|it| it.durations).collect();
    assert_eq!(kinds, (0..12).collect());
}

#[test]
fn every_choice_is_tried_among_few() {
    let choices = |count: usize| {
        let steps: Vec<_> = (0..count).map(|place| format!("s{place}")).collect();
        let sum = law(&steps.join(" + "));
        let comparison = Comparison::new(&sum, &sum);
        let large = |assignment: Assignment| {
            let durations = assignment.durations.into_iter();
            durations.map(|duration| duration >= LARGE).collect::<Vec<_>>()
        };
        comparison.choices().map(large).collect::<BTreeSet<_>>().len()
    };
    assert_eq!([1, 2, 9, 10, 11].map(choices), [2, 4, 512, 1_024, 0]);
}

#[test]
fn every_choice_of_large_durations_is_tried_among_up_to_ten() {
    for (count, large) in [(9, 4), (10, 5)] {
        for choice in (0_u32..1 << count).filter(|choice| choice.count_ones() == large) {
            let chosen = |is_large: bool| {
                let places = (0..count).filter(|place| (choice >> place & 1 == 1) == is_large);
                places.map(|place| format!("s{place}")).collect::<Vec<_>>().join(", ")
            };
            let rest = format!("20s + 1000 * sum({})", chosen(false));
            let other = law(&format!("max({rest}, min({}))", chosen(true)));
            // They differ where all of these are large and none of the others is.
            assert!(!law(&rest).equivalent(&other), "{other}");
        }
    }
}
