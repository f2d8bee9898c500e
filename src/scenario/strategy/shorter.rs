//! Shorter and rounder durations.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use crate::scenario::strategy::cost::{is_simpler, unit};
use crate::time::TICK;

/// What is done to the durations of a scenario, which are told by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Retiming {
    /// All at once.
    Scale(Scale),
    /// All of one value, the longest first.
    Value { rank: usize, how: Shorter },
    /// Those of a chunk.
    Chunk { halvings: u32, from: usize, how: Shorter },
    /// Two by the same amount, so that a tie of sums stays one.
    Pair { first: usize, second: usize, halvings: u32 },
}

/// What is done to all durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scale {
    /// 0ms, 1ms, 2ms: all that is left is which is longer.
    RanksFromZero,
    /// 1ms, 2ms, 3ms; what is zero stays zero.
    RanksFromOne,
    /// Whole milliseconds.
    Whole,
    /// Without what divides them all.
    Divided,
    /// Half of each.
    Halved,
}

/// What is done to a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shorter {
    Zero,
    Tick,
    RoundedUp,
    RoundedDown,
    HalfTick,
    RoundedToHalf,
    /// The next shorter duration that there is in the scenario.
    Merged,
    /// Less by what it counts in its unit, halved so many times.
    LessBy {
        halvings: u32,
    },
}

/// As many durations are looked at in pairs.
const FEW: usize = 8;

const SCALES: [Scale; 5] =
    [Scale::RanksFromZero, Scale::RanksFromOne, Scale::Whole, Scale::Divided, Scale::Halved];

const NAMED: [Shorter; 7] = [
    Shorter::Zero,
    Shorter::Tick,
    Shorter::RoundedUp,
    Shorter::RoundedDown,
    Shorter::HalfTick,
    Shorter::RoundedToHalf,
    Shorter::Merged,
];

/// What can be tried on these durations.
pub(super) fn retimings(times: &[Duration]) -> Vec<Retiming> {
    let mut retimings: Vec<_> = SCALES.map(Retiming::Scale).into();
    for (rank, time) in values(times).into_iter().rev().enumerate() {
        retimings.extend(ways(time).map(|how| Retiming::Value { rank, how }));
    }
    for (halvings, from) in chunks(times.len(), 1) {
        let chunk = &times[chunk(times.len(), halvings, from)];
        if let &[time] = chunk {
            retimings.extend(ways(time).map(|how| Retiming::Chunk { halvings, from, how }));
        } else {
            let bold = [Shorter::Zero, Shorter::Tick, Shorter::Merged];
            retimings.extend(bold.map(|how| Retiming::Chunk { halvings, from, how }));
        }
    }
    if times.len() <= FEW {
        for (second, other) in times.iter().enumerate() {
            for (first, time) in times[..second].iter().enumerate() {
                let halvings = halvings(millis(*time.min(other)), 0);
                let pair = |halvings| Retiming::Pair { first, second, halvings };
                retimings.extend(halvings.map(pair));
            }
        }
    }
    retimings
}

/// The ways in which one duration may get simpler.
fn ways(time: Duration) -> impl Iterator<Item = Shorter> {
    let named = if time.is_zero() { &[][..] } else { &NAMED[..] };
    let halvings = halvings(in_units(time), 1);
    named.iter().copied().chain(halvings.map(|halvings| Shorter::LessBy { halvings }))
}

/// How often a number may be halved before nothing is left.
fn halvings(number: u64, least: u32) -> Range<u32> {
    number.checked_ilog2().map_or(0..0, |most| least..most + 1)
}

/// The chunks of so many things: all of them, then halves, quarters and so on,
/// down to those of the least size. Each is told by the halvings and its first.
pub(super) fn chunks(count: usize, least: usize) -> impl Iterator<Item = (u32, usize)> {
    let halvings = (count / least).checked_ilog2().map_or(0..0, |most| 0..most + 1);
    halvings.flat_map(move |halvings| {
        // Small ones that are more than single things begin anywhere: it is
        // about neighbours.
        let size = count >> halvings;
        let step = if size < 2 * least { 1 } else { size };
        (0..count).step_by(step).map(move |from| (halvings, from))
    })
}

pub(super) fn chunk(count: usize, halvings: u32, from: usize) -> Range<usize> {
    from..(from + (count >> halvings)).min(count)
}

/// The durations as they are then, if there is a way to do it.
pub(super) fn retimed(mut times: Vec<Duration>, retiming: Retiming) -> Option<Vec<Duration>> {
    let values = values(&times);
    let shorter = |time: &mut Duration, how| {
        if let Some(changed) = shorter(*time, how, &values).filter(|to| is_simpler(*to, *time)) {
            *time = changed;
        }
    };
    match retiming {
        Retiming::Scale(scale) => {
            let mut scaled = scaled(&values, scale)?;
            times.iter_mut().for_each(|time| *time = scaled(*time));
        }
        Retiming::Value { rank, how } => {
            let value = *values.iter().nth_back(rank)?;
            times.iter_mut().filter(|time| **time == value).for_each(|time| shorter(time, how));
        }
        Retiming::Chunk { halvings, from, how } => {
            let chunk = chunk(times.len(), halvings, from);
            times[chunk].iter_mut().for_each(|time| shorter(time, how));
        }
        Retiming::Pair { first, second, halvings } => {
            let less = millis(times[first].min(times[second])) >> halvings;
            let less = Duration::from_millis(less);
            times[first] -= less;
            times[second] -= less;
        }
    }
    Some(times)
}

fn scaled(
    values: &BTreeSet<Duration>,
    scale: Scale,
) -> Option<Box<dyn FnMut(Duration) -> Duration + '_>> {
    let place = |time| u64::try_from(values.range(..time).count()).unwrap_or(u64::MAX);
    Some(match scale {
        Scale::RanksFromZero => Box::new(move |time| Duration::from_millis(place(time))),
        Scale::RanksFromOne => {
            let first = u64::from(!values.first()?.is_zero());
            Box::new(move |time| Duration::from_millis(first + place(time)))
        }
        Scale::Whole => Box::new(round_up),
        Scale::Divided => {
            let is_whole = values.iter().all(|time| round_up(*time) == *time);
            let divisor = values.iter().map(|time| millis(*time)).fold(0, common_divisor);
            if !is_whole || divisor == 0 {
                return None;
            }
            Box::new(move |time| Duration::from_millis(millis(time) / divisor))
        }
        Scale::Halved => Box::new(|time| Duration::from_millis(millis(time) / 2)),
    })
}

fn shorter(time: Duration, how: Shorter, values: &BTreeSet<Duration>) -> Option<Duration> {
    Some(match how {
        Shorter::Zero => Duration::ZERO,
        Shorter::Tick => TICK,
        Shorter::RoundedUp => round_up(time),
        Shorter::RoundedDown => Duration::from_millis(millis(time)),
        Shorter::HalfTick => TICK / 2,
        Shorter::RoundedToHalf => Duration::from_millis(millis(time)) + TICK / 2,
        Shorter::Merged => *values.range(..time).next_back()?,
        Shorter::LessBy { halvings } => {
            // OK because a unit is below 2^32 ns, and a part of the whole no more
            // than it was.
            let nanos = u64::from(unit(time).subsec_nanos()) * (in_units(time) >> halvings);
            time - Duration::from_nanos(nanos)
        }
    })
}

fn values(times: &[Duration]) -> BTreeSet<Duration> {
    times.iter().copied().collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn in_units(time: Duration) -> u64 {
    u64::try_from(time.as_nanos() / unit(time).as_nanos()).unwrap_or(u64::MAX)
}

/// Up to a whole tick, as a timer does.
pub(super) fn round_up(time: Duration) -> Duration {
    let whole = Duration::from_millis(millis(time));
    if whole == time { whole } else { whole + TICK }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FEW, NAMED, Retiming, SCALES, Scale, Shorter};
    use super::{chunk, chunks, retimed, retimings, ways};

    fn micros(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_micros).collect()
    }

    #[test]
    fn chunks_are_all_then_halves_then_quarters() {
        let ranges = |count, least| {
            let chunks = chunks(count, least);
            chunks.map(|(halvings, from)| chunk(count, halvings, from)).collect::<Vec<_>>()
        };
        assert_eq!(ranges(0, 1), []);
        assert_eq!(ranges(1, 1), std::iter::once(0..1).collect::<Vec<_>>());
        assert_eq!(ranges(4, 1), [0..4, 0..2, 2..4, 0..1, 1..2, 2..3, 3..4]);
        let odd = [0..5, 0..2, 2..4, 4..5, 0..1, 1..2, 2..3, 3..4, 4..5];
        assert_eq!(ranges(5, 1), odd);
        // The smallest that are more than single things begin anywhere.
        assert_eq!(ranges(1, 2), []);
        assert_eq!(ranges(3, 2), [0..3, 1..3, 2..3]);
        assert_eq!(ranges(4, 2), [0..4, 0..2, 1..3, 2..4, 3..4]);
        let halves = [0..4, 4..8].into_iter().chain((0..8).map(|from| from..8.min(from + 2)));
        assert_eq!(ranges(8, 2), std::iter::once(0..8).chain(halves).collect::<Vec<_>>());
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

    #[track_caller]
    fn becomes(times: &[u64], retiming: Retiming, expected: Option<&[u64]>) {
        let retimed = retimed(micros(times), retiming);
        assert_eq!(retimed, expected.map(micros), "{times:?}, {retiming:?}");
    }

    #[test]
    fn all_durations_are_scaled() {
        use Scale::{Divided, Halved, RanksFromOne, RanksFromZero, Whole};
        type Row = (Scale, &'static [u64], Option<&'static [u64]>);
        let table: &[Row] = &[
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
}
