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
mod tests;
