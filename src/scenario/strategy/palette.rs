//! Durations that find mistakes: few to a scenario, so that they tie.

use std::time::Duration;

use crate::scenario::strategy::draw::Draw;
use crate::scenario::validity::MAX_DURATION;

/// The durations that one scenario is painted with.
pub(super) struct Palette {
    durations: Vec<Duration>,
    /// None of them is longer.
    most: Duration,
}

/// Where durations are taken from.
#[derive(Clone, Copy)]
enum Temper {
    /// A few milliseconds, zero among them.
    Small,
    /// What does not end on a tick.
    Odd,
    /// Where a timer changes its level in tokio's wheel.
    Edge,
    /// What people write.
    Human,
    /// Any magnitude, each level of the wheel as often as the others.
    Any,
}

const TEMPERS: [Temper; 5] = [Temper::Small, Temper::Odd, Temper::Edge, Temper::Human, Temper::Any];

/// The slots of a level of tokio's timer wheel. A slot of the lowest level is a
/// millisecond, one of each other level is the whole level below.
const SLOTS: u64 = 64;

/// The highest level below the cap: `64^5` ms are 12.4 days.
const TOP_LEVEL: u32 = 5;

/// In nanoseconds.
const ODD: [u64; 12] = [
    1, 999, 1_000, 300_000, 500_000, 600_000, 900_000, 999_999, 1_000_001, 1_500_000, 1_999_999,
    63_000_001,
];

/// In milliseconds.
const HUMAN: [u64; 14] =
    [5, 10, 20, 25, 50, 100, 150, 250, 500, 1_000, 2_000, 60_000, 3_600_000, 86_400_000];

impl Palette {
    /// The same duration for everything.
    pub(super) fn plain(duration: Duration) -> Self {
        Self { durations: vec![duration], most: duration }
    }

    /// Draws a palette for so many steps, with room for as much again below the
    /// cap: whatever holds the steps is no longer than their sum.
    pub(super) fn draw(draw: &mut Draw<'_>, steps: usize) -> Self {
        // A whole number of ticks, so that rounding up does not go beyond it.
        let share = MAX_DURATION.as_secs() * 500 / u64::try_from(steps.max(1)).unwrap_or(u64::MAX);
        let most = Duration::from_millis(share);
        let temper = draw.pick(&TEMPERS);
        let is_mixed = draw.one_in(4);
        let level = draw.number(1..=u64::from(TOP_LEVEL));
        let base = draw.one_in(4).then(|| temper.duration(draw, level));
        let mut durations: Vec<_> = (0..draw.count(1..=4))
            .map(|_| match base {
                // What began at different times ends together.
                Some(base) => base * draw.pick(&[1, 2, 3, 4]),
                None if is_mixed => draw.pick(&TEMPERS).duration(draw, level),
                None => temper.duration(draw, level),
            })
            .collect();
        if draw.one_in(3) {
            // Two in a row end with one.
            durations.push(durations[0] + durations[durations.len() - 1]);
        }
        if draw.one_in(3) {
            durations.push(Duration::from_millis(draw.number(0..=1)));
        }
        durations.iter_mut().for_each(|duration| *duration = (*duration).min(most));
        Self { durations, most }
    }

    pub(super) fn duration(&self, draw: &mut Draw<'_>) -> Duration {
        draw.pick(&self.durations)
    }

    /// The limit of a timeout around what takes `ticks`: often near the end.
    pub(super) fn limit(&self, draw: &mut Draw<'_>, ticks: u64) -> Duration {
        let limit = match draw.number(0..=9) {
            0..=4 => self.duration(draw),
            5 => Duration::from_millis(ticks),
            6 => Duration::from_millis(ticks.saturating_sub(1)),
            7 => Duration::from_millis(ticks + 1),
            8 => Duration::from_millis(draw.number(0..=ticks)),
            _ => Duration::ZERO,
        };
        limit.min(self.most)
    }
}

impl Temper {
    fn duration(self, draw: &mut Draw<'_>, level: u64) -> Duration {
        match self {
            Self::Small => Duration::from_millis(draw.number(0..=8)),
            Self::Odd => Duration::from_nanos(draw.pick(&ODD)),
            Self::Edge => {
                let level = u32::try_from(level).unwrap_or(TOP_LEVEL);
                Duration::from_millis(SLOTS.pow(level) - 1 + draw.number(0..=2))
            }
            Self::Human => Duration::from_millis(draw.pick(&HUMAN)),
            Self::Any => {
                let from = SLOTS.pow(draw.count(0..=5).try_into().unwrap_or(0));
                let whole = Duration::from_millis(draw.number(from..=from * SLOTS - 1));
                if draw.one_in(4) { whole + Duration::from_nanos(draw.pick(&ODD)) } else { whole }
            }
        }
    }
}

/// Draws one duration by itself, up to the first beyond `64^5` ms.
pub(super) fn duration(draw: &mut Draw<'_>) -> Duration {
    let temper = draw.pick(&TEMPERS);
    let level = draw.number(1..=u64::from(TOP_LEVEL));
    temper.duration(draw, level).min(Duration::from_millis(SLOTS.pow(TOP_LEVEL) + 1))
}

/// Draws what is meant to be cut before it is over: at least a day, at most `most`.
pub(super) fn far(draw: &mut Draw<'_>, most: Duration) -> Duration {
    let top = SLOTS.pow(TOP_LEVEL);
    let cap = MAX_DURATION.as_secs() * 1_000;
    let far = match draw.number(0..=9) {
        0..=4 => MAX_DURATION,
        5 => MAX_DURATION - Duration::from_nanos(draw.pick(&ODD)),
        6 => Duration::from_secs(86_400 * draw.pick(&[1, 7, 30, 364])),
        7 => Duration::from_millis(top - 1 + draw.number(0..=2)),
        8 => Duration::from_millis(top * draw.number(2..=29)),
        _ => Duration::from_millis(draw.number(top..=cap)),
    };
    far.min(most)
}

#[cfg(test)]
mod tests;
