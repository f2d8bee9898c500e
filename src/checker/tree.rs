//! Cases as proptest generates and shrinks them.

use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::num::u64::ANY;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::checker::case::{Case, Rest};
use crate::checker::draw::{Draw, Landmarks};
use crate::checker::range::Ranges;
use crate::name::StepName;

/// Cases at random.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) landmarks: Landmarks,
    pub(super) ranges: Rc<Ranges>,
}

impl Strategy for Cases {
    type Tree = CaseTree;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let draw = Draw::new(ANY.new_tree(runner)?.current(), &self.landmarks);
        let case = Case::new(BTreeMap::new(), Rest::Drawn(draw), &self.ranges);
        Ok(CaseTree::new(case, &self.ranges))
    }
}

/// A case, and the way from it to smaller latencies.
///
/// # Shape
///
/// What fails and is smaller is kept. Tried are, in this order: all of nothing
/// and all of one tick, all halved, then each by itself, the least first and
/// then by halves between what holds and what fails, and two at a time by as
/// much; over and over until nothing gets smaller.
pub(super) struct CaseTree {
    current: Case,
    ranges: Rc<Ranges>,
    /// The smallest that is known to fail, by the latencies that it came down to.
    best: Option<Vec<(StepName, u64)>>,
    moves: Moves,
    /// What led to the current candidate.
    made_by: Moves,
    /// Whether the round of single latencies has made any smaller.
    has_moved: bool,
}

/// What is tried next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moves {
    All(u64),
    Halves,
    /// One latency, which fails as it is and holds below `from`, or has not been
    /// `tried` there.
    One {
        index: usize,
        from: u64,
        tried: Option<u64>,
    },
    /// Two latencies, by as much as the smaller of them or by a tick.
    Two {
        one: usize,
        other: usize,
        by_tick: bool,
    },
    Done,
}

/// A latency in one place, or in all of them.
type Latencies = Vec<(StepName, u64)>;

impl CaseTree {
    pub(super) fn new(case: Case, ranges: &Rc<Ranges>) -> Self {
        let ranges = Rc::clone(ranges);
        Self {
            current: case,
            ranges,
            best: None,
            moves: Moves::All(0),
            made_by: Moves::Done,
            has_moved: false,
        }
    }

    fn case_of(&self, latencies: &Latencies) -> Case {
        let chosen = latencies.iter().cloned().collect();
        Case::new(chosen, Rest::Fixed(0), &self.ranges)
    }

    /// The next candidate that differs from the best, if any is left.
    fn next_candidate(&mut self) -> Option<Latencies> {
        let best = self.best.clone().unwrap_or_default();
        let paired = best.len().min(PAIRED);
        loop {
            let (candidate, next) = match self.moves {
                Moves::All(most) => {
                    let next = if most == 0 { Moves::All(1) } else { Moves::Halves };
                    (Some(self.map(&best, |_, now| now.min(most))), next)
                }
                // Over and over, as long as they fail.
                Moves::Halves => (Some(self.map(&best, |_, now| now / 2)), one(0)),
                Moves::One { index, .. } if index >= best.len() => {
                    let next = if self.has_moved { one(0) } else { two(0, 1) };
                    self.has_moved = false;
                    (None, next)
                }
                Moves::One { index, from, tried } => {
                    let least = self.ranges.least(&best[index].0);
                    let (from, now) = (from.max(least), best[index].1);
                    let half = from + now.saturating_sub(from) / 2;
                    let ticks = if tried.is_some() { half } else { from };
                    if ticks >= now {
                        (None, one(index + 1))
                    } else {
                        let only = |it, now| if it == index { ticks } else { now };
                        let next = Moves::One { index, from, tried: Some(ticks) };
                        (Some(self.map(&best, only)), next)
                    }
                }
                Moves::Two { one, other, .. } if other >= paired => {
                    (None, if one + 2 < paired { two(one + 1, one + 2) } else { Moves::Done })
                }
                Moves::Two { one, other, by_tick } => {
                    let least = best[one].1.min(best[other].1);
                    let by = if by_tick { least.min(1) } else { least };
                    let both = |it, now| if it == one || it == other { now - by } else { now };
                    let next = Moves::Two { one, other, by_tick: true };
                    (Some(self.map(&best, both)), if by_tick { two(one, other + 1) } else { next })
                }
                Moves::Done => return None,
            };
            let made_by = std::mem::replace(&mut self.moves, next);
            if let Some(candidate) = candidate.filter(|candidate| *candidate != best) {
                self.made_by = made_by;
                return Some(candidate);
            }
        }
    }

    /// Turns to the next candidate; if none is left, back to the best.
    fn turn(&mut self) -> bool {
        let candidate = self.next_candidate();
        let is_left = candidate.is_some();
        let latencies = candidate.or_else(|| self.best.clone()).unwrap_or_default();
        self.current = self.case_of(&latencies);
        is_left
    }

    fn map(&self, best: &Latencies, mut ticks: impl FnMut(usize, u64) -> u64) -> Latencies {
        let each = best.iter().enumerate().map(|(index, (step, now))| {
            (step.clone(), self.ranges.nearest(step, ticks(index, *now)).min(*now))
        });
        each.collect()
    }
}

/// Pairs of more latencies than these are too many to try.
const PAIRED: usize = 12;

const fn one(index: usize) -> Moves {
    Moves::One { index, from: 0, tried: None }
}

const fn two(one: usize, other: usize) -> Moves {
    Moves::Two { one, other, by_tick: false }
}

impl ValueTree for CaseTree {
    type Value = Case;

    fn current(&self) -> Case {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        // What is current fails: it is the best from now on.
        let found = self.current.asked();
        let is_same_steps = self.best.as_ref().is_none_or(|best| best.len() == found.len());
        self.moves = match self.made_by {
            _ if !is_same_steps => one(0),
            // Half of it all fails, so half of that may.
            Moves::Halves => Moves::Halves,
            Moves::Two { .. } => one(0),
            _ => self.moves,
        };
        self.has_moved |= self.best.is_some();
        self.best = Some(found);
        self.turn()
    }

    fn complicate(&mut self) -> bool {
        // It holds there, so the search goes on above.
        if let (Moves::One { .. }, Moves::One { index, tried: Some(tried), .. }) =
            (self.made_by, self.moves)
        {
            self.moves = Moves::One { index, from: tried + 1, tried: Some(tried) };
        }
        self.turn()
    }
}
