//! A line along which latencies are searched for the last that fail.

use std::collections::{BTreeMap, VecDeque};

use crate::checker::range::Ranges;
use crate::name::StepName;

/// The latencies of a case, in ticks.
pub(super) type Latencies = Vec<(StepName, u64)>;

/// Some latencies, lowered by the same amount; another may be raised by it.
///
/// Tried is the whole way first, and then all but one tick of it: people write
/// nothing and one tick. Between what fails and what holds it is halved.
#[derive(Clone, Debug)]
pub(super) struct Line {
    lowered: Vec<usize>,
    raised: Option<usize>,
    extent: Extent,
    stage: Stage,
    /// The amount that is tried.
    tried: u64,
    /// The least amount that is known to hold.
    holds: u64,
}

/// How much of a line is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    /// All of it, if the first tick fails.
    Gated,
    /// What leaves nothing or a tick.
    Ends,
    /// What leaves nothing of any.
    End,
    /// What leaves of either as much as there was of the other.
    Swap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Begin,
    AllOfIt,
    AllButATick,
    ATick,
    Halving,
    Over,
}

/// Pairs of more latencies than these are too many to try.
const PAIRED: usize = 12;

/// Of more latencies than these many are tried at once.
const FEW: usize = 8;

/// Of more latencies than these none is tried by itself, before most of them are gone.
const MANY: usize = 256;

/// Each latency by itself; if there are many, whole blocks of them before.
pub(super) fn singles(best: &Latencies, ranges: &Ranges) -> VecDeque<Line> {
    let active = active(best, ranges);
    let mut lines = VecDeque::new();
    let mut size = active.len() / 2;
    while size > FEW / 2 && active.len() / size <= MANY {
        lines.extend(active.chunks(size).map(|block| Line::new(block.to_vec(), Extent::End)));
        size /= 2;
    }
    if active.len() <= MANY {
        lines.extend(active.iter().map(|index| Line::new(vec![*index], Extent::Whole)));
    }
    lines
}

/// Several latencies at a time: those that are equal, and pairs of any.
pub(super) fn pairs(best: &Latencies, ranges: &Ranges) -> VecDeque<Line> {
    let mut active = active(best, ranges);
    let mut equal = BTreeMap::<u64, Vec<usize>>::new();
    for index in &active {
        equal.entry(best[*index].1).or_default().push(*index);
    }
    // Two that are equal are a pair.
    equal.retain(|_, all| all.len() > 2);
    let mut lines: VecDeque<_> =
        equal.into_values().map(|all| Line::new(all, Extent::Gated)).collect();
    active.truncate(PAIRED);
    for (place, one) in active.iter().enumerate() {
        for other in &active[place + 1..] {
            lines.push_back(Line::new(vec![*one, *other], Extent::Gated));
            let (less, more) =
                if best[*one].1 <= best[*other].1 { (*one, *other) } else { (*other, *one) };
            lines.push_back(Line::new(vec![less], Extent::Gated).at_the_cost_of(more));
            lines.push_back(Line::new(vec![more], Extent::Ends).at_the_cost_of(less));
        }
        // Of two that do as well the later one, so that the same is told every time.
        let later = *one + 1..best.len().min(PAIRED);
        lines.extend(later.map(|it| Line::new(vec![*one], Extent::Swap).at_the_cost_of(it)));
    }
    lines
}

/// Those that may be smaller.
fn active(best: &Latencies, ranges: &Ranges) -> Vec<usize> {
    let places = best.iter().enumerate();
    let active = places.filter(|(_, (step, now))| *now > ranges.least(step));
    active.map(|(index, _)| index).collect()
}

impl Line {
    fn new(lowered: Vec<usize>, extent: Extent) -> Self {
        Self { lowered, raised: None, extent, stage: Stage::Begin, tried: 0, holds: 0 }
    }

    fn at_the_cost_of(mut self, raised: usize) -> Self {
        self.raised = Some(raised);
        self
    }

    /// The latencies to try next, if any are left on the line.
    pub(super) fn candidate(&mut self, best: &Latencies, ranges: &Ranges) -> Option<Latencies> {
        let reach = |index: &usize| best[*index].1.saturating_sub(ranges.least(&best[*index].0));
        loop {
            self.stage = match (self.stage, self.extent) {
                (Stage::Begin, _) => Stage::AllOfIt,
                (Stage::AllOfIt, Extent::Whole | Extent::Gated | Extent::Ends) => {
                    Stage::AllButATick
                }
                (Stage::AllButATick, Extent::Gated) => Stage::ATick,
                (Stage::AllButATick, Extent::Whole) | (Stage::ATick | Stage::Halving, _) => {
                    Stage::Halving
                }
                _ => Stage::Over,
            };
            let reaches = self.lowered.iter().map(reach);
            self.tried = match self.stage {
                Stage::AllOfIt if self.extent == Extent::End => reaches.max().unwrap_or(0),
                Stage::AllOfIt => {
                    let swapped = self.raised.filter(|_| self.extent == Extent::Swap);
                    let more_than = |raised: usize| {
                        let less = best[raised].1;
                        self.lowered.iter().map(|it| best[*it].1.saturating_sub(less)).max()
                    };
                    let most = swapped.and_then(more_than).unwrap_or(u64::MAX);
                    reaches.min().unwrap_or(0).min(most)
                }
                Stage::AllButATick => self.holds - 1,
                Stage::ATick if self.holds > 1 => 1,
                Stage::Halving => self.holds / 2,
                _ => 0,
            };
            if self.tried == 0 {
                return None;
            }
            let candidate = self.moved(best, ranges);
            if self.is_simpler(&candidate, best) {
                return Some(candidate);
            }
            self.holds();
        }
    }

    fn moved(&self, best: &Latencies, ranges: &Ranges) -> Latencies {
        let mut moved = best.clone();
        for index in &self.lowered {
            let (step, ticks) = &mut moved[*index];
            *ticks = ticks.saturating_sub(self.tried).max(ranges.least(step));
        }
        if let Some(index) = self.raised {
            let (step, ticks) = &mut moved[index];
            *ticks = ranges.nearest(step, ticks.saturating_add(self.tried));
        }
        moved
    }

    /// Whether what is at the cost of another latency leaves them further apart,
    /// or the later one in place of the earlier: otherwise the other way round would
    /// be the next.
    fn is_simpler(&self, candidate: &Latencies, best: &Latencies) -> bool {
        let Some(raised) = self.raised else { return true };
        let ticks = |index: &usize| best[*index].1;
        let most = self.lowered.iter().chain([&raised]).map(ticks).max().unwrap_or(0);
        let is_later = self.lowered.iter().all(|index| *index < raised);
        let now = candidate[raised].1;
        now > most || (now == most && ticks(&raised) < most && is_later)
    }

    /// What was tried fails: it is the best from now on.
    pub(super) fn fails(&mut self) {
        match self.stage {
            Stage::ATick | Stage::Halving => self.holds -= self.tried,
            _ => self.stage = Stage::Over,
        }
    }

    /// What was tried holds. Of a tick there is nothing left to halve.
    pub(super) fn holds(&mut self) {
        self.holds = self.tried;
    }
}

#[cfg(test)]
mod tests;
