//! What becomes of durations, as tables in microseconds.

use std::time::Duration;

use crate::scenario::strategy::shorter::{
    FEW, NAMED, Retiming, SCALES, Scale, Shorter, chunk, chunks, retimed, retimings, ways,
};

fn micros(times: &[u64]) -> Vec<Duration> {
    times.iter().copied().map(Duration::from_micros).collect()
}

#[test]
fn chunks_are_all_then_halves_then_quarters() {
    let ends = |count, least| {
        let range = |(halvings, from)| chunk(count, halvings, from);
        chunks(count, least).map(range).map(|it| (it.start, it.end)).collect::<Vec<_>>()
    };
    assert_eq!(ends(0, 1), []);
    assert_eq!(ends(1, 1), [(0, 1)]);
    assert_eq!(ends(4, 1), [(0, 4), (0, 2), (2, 4), (0, 1), (1, 2), (2, 3), (3, 4)]);
    let odd = [(0, 5), (0, 2), (2, 4), (4, 5), (0, 1), (1, 2), (2, 3), (3, 4), (4, 5)];
    assert_eq!(ends(5, 1), odd);
    // The smallest that are more than single things begin anywhere.
    assert_eq!(ends(1, 2), []);
    assert_eq!(ends(3, 2), [(0, 3), (1, 3), (2, 3)]);
    assert_eq!(ends(4, 2), [(0, 4), (0, 2), (1, 3), (2, 4), (3, 4)]);
    let pairs = (0..8).map(|from| (from, 8.min(from + 2)));
    let all: Vec<_> = [(0, 8), (0, 4), (4, 8)].into_iter().chain(pairs).collect();
    assert_eq!(ends(8, 2), all);
}

#[test]
fn a_duration_gets_simpler_by_name_and_then_by_half_of_it_and_less() {
    let less = |micros| {
        let ways: Vec<_> = ways(Duration::from_micros(micros)).collect();
        assert_eq!(ways[..NAMED.len()], NAMED);
        ways[NAMED.len()..].to_vec()
    };
    let halved = |most: u32| (1..=most).map(|halvings| Shorter::LessBy { halvings });
    assert_eq!(ways(Duration::ZERO).count(), 0);
    assert_eq!(less(1_000), []);
    assert_eq!(less(4_000), halved(2).collect::<Vec<_>>());
    // Counted in milliseconds with halves, and in microseconds.
    assert_eq!(less(7_500), halved(2).collect::<Vec<_>>());
    assert_eq!(less(300), halved(8).collect::<Vec<_>>());
}

#[test]
fn all_change_at_once_then_equal_ones_then_chunks_then_pairs() {
    let mut expected: Vec<_> = SCALES.map(Retiming::Scale).into();
    let two = [&NAMED[..], &[Shorter::LessBy { halvings: 1 }]].concat();
    expected.extend(two.iter().map(|how| Retiming::Value { rank: 0, how: *how }));
    expected.extend(NAMED.map(|how| Retiming::Value { rank: 1, how }));
    let chunk = |halvings, from, how| Retiming::Chunk { halvings, from, how };
    let bold = [Shorter::Zero, Shorter::Tick, Shorter::Merged];
    expected.extend(bold.map(|how| chunk(0, 0, how)));
    expected.extend(two.iter().map(|how| chunk(1, 0, *how)));
    expected.extend(NAMED.map(|how| chunk(1, 1, how)));
    expected.push(Retiming::Pair { first: 0, second: 1, halvings: 0 });
    assert_eq!(retimings(&micros(&[2_000, 1_000])), expected);
}

#[test]
fn only_a_few_are_looked_at_in_pairs() {
    let pairs = |count| {
        let is_pair = |it: &Retiming| matches!(it, Retiming::Pair { .. });
        let retimings = retimings(&vec![Duration::from_millis(2); count]);
        retimings.into_iter().filter(is_pair).collect::<Vec<_>>()
    };
    let pair = |first, second, halvings| Retiming::Pair { first, second, halvings };
    let three = [(0, 1), (0, 2), (1, 2)];
    let three = three.map(|(first, second)| [pair(first, second, 0), pair(first, second, 1)]);
    assert_eq!(pairs(3), three.concat());
    // Of each of 8 * 7 / 2 pairs all, and half of it.
    assert_eq!(pairs(FEW).len(), 56);
    assert_eq!(pairs(FEW + 1), []);
}

/// Some durations, and what they are then.
type Scaling<'t> = (Scale, &'t [u64], Option<&'t [u64]>);

#[track_caller]
fn becomes(times: &[u64], retiming: Retiming, expected: Option<&[u64]>) {
    let retimed = retimed(micros(times), retiming);
    assert_eq!(retimed, expected.map(micros), "{times:?}, {retiming:?}");
}

#[test]
fn all_durations_are_scaled() {
    use Scale::{Divided, Halved, RanksFromOne, RanksFromZero, Whole};
    let table: &[Scaling<'_>] = &[
        (RanksFromZero, &[5_000, 0, 5_000, 9_000], Some(&[1_000, 0, 1_000, 2_000])),
        (RanksFromZero, &[5_001, 5_000], Some(&[1_000, 0])),
        (RanksFromOne, &[5_000, 0, 5_000, 9_000], Some(&[1_000, 0, 1_000, 2_000])),
        (RanksFromOne, &[5_000, 7_000, 5_000], Some(&[1_000, 2_000, 1_000])),
        (RanksFromOne, &[], None),
        (Whole, &[300, 0, 1_000, 1_001], Some(&[1_000, 0, 1_000, 2_000])),
        (Divided, &[12_000, 18_000, 0], Some(&[2_000, 3_000, 0])),
        (Divided, &[0, 0], None),
        (Divided, &[1_500, 3_000], None),
        (Halved, &[5_000, 4_000, 1_500, 900], Some(&[2_000, 2_000, 0, 0])),
    ];
    for (scale, times, expected) in table {
        becomes(times, Retiming::Scale(*scale), *expected);
    }
}

#[test]
fn a_duration_is_changed_if_that_makes_it_simpler() {
    let table: &[(Shorter, u64, u64)] = &[
        (Shorter::Zero, 3_000, 0),
        (Shorter::Zero, 3, 0),
        (Shorter::Tick, 3_000, 1_000),
        (Shorter::Tick, 500, 1_000),
        (Shorter::Tick, 1_000, 1_000),
        (Shorter::Tick, 0, 0),
        (Shorter::RoundedUp, 1_300, 2_000),
        (Shorter::RoundedUp, 2_000, 2_000),
        (Shorter::RoundedDown, 1_300, 1_000),
        (Shorter::HalfTick, 1_300, 500),
        (Shorter::HalfTick, 1_500, 500),
        (Shorter::HalfTick, 3_000, 3_000),
        (Shorter::RoundedToHalf, 3_200, 3_500),
        (Shorter::RoundedToHalf, 3_700, 3_500),
        (Shorter::RoundedToHalf, 3_000, 3_000),
        (Shorter::Merged, 3_000, 3_000),
        (Shorter::LessBy { halvings: 0 }, 5_000, 0),
        (Shorter::LessBy { halvings: 1 }, 5_000, 3_000),
        (Shorter::LessBy { halvings: 2 }, 5_000, 4_000),
        (Shorter::LessBy { halvings: 1 }, 5_500, 3_500),
        (Shorter::LessBy { halvings: 1 }, 301, 151),
    ];
    for (how, time, expected) in table {
        becomes(&[*time], Retiming::Value { rank: 0, how: *how }, Some(&[*expected]));
        let chunk = Retiming::Chunk { halvings: 0, from: 0, how: *how };
        becomes(&[*time], chunk, Some(&[*expected]));
    }
    let nanos = |times: &[u64]| times.iter().copied().map(Duration::from_nanos).collect();
    let less = Retiming::Value { rank: 0, how: Shorter::LessBy { halvings: 1 } };
    assert_eq!(retimed(nanos(&[1_007]), less), Some(nanos(&[504]))); // 1,007 - 503
}

#[test]
fn those_of_one_value_change_together_the_longest_first() {
    let value = |rank, how| Retiming::Value { rank, how };
    let times = &[3_000, 1_000, 3_000, 2_000];
    becomes(times, value(0, Shorter::Zero), Some(&[0, 1_000, 0, 2_000]));
    becomes(times, value(1, Shorter::Zero), Some(&[3_000, 1_000, 3_000, 0]));
    becomes(times, value(2, Shorter::Zero), Some(&[3_000, 0, 3_000, 2_000]));
    becomes(times, value(3, Shorter::Zero), None);
    // To the next shorter one that there is.
    becomes(times, value(0, Shorter::Merged), Some(&[2_000, 1_000, 2_000, 2_000]));
    becomes(times, value(1, Shorter::Merged), Some(&[3_000, 1_000, 3_000, 1_000]));
    becomes(times, value(2, Shorter::Merged), Some(times));
}

#[test]
fn a_chunk_changes_and_a_pair_keeps_its_difference() {
    let times = &[3_000, 2_000, 1_000, 4_000, 5_000];
    let zero = |halvings, from| Retiming::Chunk { halvings, from, how: Shorter::Zero };
    becomes(times, zero(0, 0), Some(&[0; 5]));
    becomes(times, zero(1, 2), Some(&[3_000, 2_000, 0, 0, 5_000]));
    becomes(times, zero(1, 4), Some(&[3_000, 2_000, 1_000, 4_000, 0]));
    becomes(times, zero(2, 1), Some(&[3_000, 0, 1_000, 4_000, 5_000]));

    let pair = |halvings| Retiming::Pair { first: 0, second: 2, halvings };
    becomes(&[5_500, 7_000, 3_200], pair(0), Some(&[2_500, 7_000, 200]));
    becomes(&[5_500, 7_000, 3_200], pair(1), Some(&[4_500, 7_000, 2_200])); // 3 / 2 = 1
    becomes(&[2_000, 0, 9_000], pair(0), Some(&[0, 0, 7_000]));
}
