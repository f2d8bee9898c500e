//! Cases as proptest generates and shrinks them.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use proptest::num::u64::ANY;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::checker::case::{Case, Rest};
use crate::checker::draw::{Draw, Landmarks};
use crate::checker::line::{Latencies, Line, pairs, singles};
use crate::checker::range::Ranges;

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

/// A case, and the way from it to latencies that a person would have written.
///
/// # Shape
///
/// What fails is kept. Tried are, in this order: all of nothing and all of one
/// tick, and all halved; then each latency by itself; then two at a time, lowered
/// together or one at the cost of the other; over and over until nothing changes.
///
/// It ends, because whatever is kept makes the sum of all latencies smaller, or
/// leaves it and makes the sum of their squares larger, or leaves both and makes the
/// earlier of two smaller.
pub(super) struct CaseTree {
    current: Case,
    ranges: Rc<Ranges>,
    /// The best that is known to fail, by the latencies that it came down to.
    best: Latencies,
    round: Round,
    /// What is left of the round.
    lines: VecDeque<Line>,
    /// What led to the current candidate, if a line did.
    searched: Option<Line>,
    /// Whether the round has found anything.
    has_moved: bool,
    /// How many latencies were looked at, over all candidates.
    spent: usize,
}

/// So many latencies are looked at, over all candidates, and no more: the candidates
/// of a case of thousands of steps are thousands, and each is run.
const MOST: usize = 10_000_000;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Nothing has failed so far.
    None,
    /// All latencies, at most so many ticks each.
    All(u64),
    Halves,
    Singles,
    Pairs,
    Done,
}

impl CaseTree {
    pub(super) fn new(case: Case, ranges: &Rc<Ranges>) -> Self {
        Self {
            current: case,
            ranges: Rc::clone(ranges),
            best: Latencies::new(),
            round: Round::None,
            lines: VecDeque::new(),
            searched: None,
            has_moved: false,
            spent: 0,
        }
    }

    /// Begins a round.
    fn begin(&mut self, round: Round) {
        self.round = round;
        self.has_moved = false;
        self.searched = None;
        self.lines = match round {
            Round::Singles => singles(&self.best, &self.ranges),
            Round::Pairs => pairs(&self.best, &self.ranges),
            _ => VecDeque::new(),
        };
    }

    /// The next candidate, if any is left.
    fn next_candidate(&mut self) -> Option<Latencies> {
        loop {
            if let Some(line) = &mut self.searched {
                if let Some(candidate) = line.candidate(&self.best, &self.ranges) {
                    return Some(candidate);
                }
                self.searched = None;
            }
            if let Some(line) = self.lines.pop_front() {
                self.searched = Some(line);
                continue;
            }
            match self.round {
                Round::None => self.begin(Round::All(0)),
                Round::All(0) => self.begin(Round::All(1)),
                Round::All(_) => self.begin(Round::Halves),
                Round::Halves => self.begin(Round::Singles),
                Round::Singles if !self.has_moved => self.begin(Round::Pairs),
                Round::Pairs if !self.has_moved => self.begin(Round::Done),
                Round::Singles | Round::Pairs => self.begin(Round::Singles),
                Round::Done => return None,
            }
            let candidate = match self.round {
                Round::All(most) => self.map(|now| now.min(most)),
                Round::Halves => self.map(|now| now / 2),
                _ => continue,
            };
            if candidate != self.best {
                return Some(candidate);
            }
        }
    }

    /// Turns to the next candidate; if none is left, back to the best.
    fn turn(&mut self) -> bool {
        self.spent = self.spent.saturating_add(self.best.len());
        if self.spent > MOST {
            self.begin(Round::Done);
        }
        let candidate = self.next_candidate();
        let is_left = candidate.is_some();
        let chosen = candidate.unwrap_or_else(|| self.best.clone()).into_iter().collect();
        self.current = Case::new(chosen, Rest::Fixed(0), &self.ranges);
        is_left
    }

    /// All latencies, made smaller.
    fn map(&self, ticks: impl Fn(u64) -> u64) -> Latencies {
        let each = self
            .best
            .iter()
            .map(|(step, now)| (step.clone(), self.ranges.nearest(step, ticks(*now)).min(*now)));
        each.collect()
    }
}

impl ValueTree for CaseTree {
    type Value = Case;

    fn current(&self) -> Case {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        // What is current fails: it is the best from now on. Its steps keep their
        // places, also where they start in another order.
        let found = self.current.asked();
        let mut left: BTreeMap<_, _> = found.iter().cloned().collect();
        let kept = self.best.iter().filter_map(|(step, _)| left.remove_entry(step));
        let mut best: Latencies = kept.collect();
        let is_same_steps = best.len() == self.best.len() && left.is_empty();
        best.extend(found.into_iter().filter(|(step, _)| left.contains_key(step)));
        self.best = best;
        self.has_moved = true;
        match (&mut self.searched, self.round) {
            (_, Round::None) => {}
            // Half of it all fails, so half of that may.
            (_, Round::Halves) => self.round = Round::All(1),
            (Some(line), _) if is_same_steps => line.fails(),
            (None, _) if is_same_steps => {}
            // A line speaks of steps by their places.
            _ => self.begin(Round::Singles),
        }
        self.turn()
    }

    fn complicate(&mut self) -> bool {
        if let Some(line) = &mut self.searched {
            line.holds();
        }
        self.turn()
    }
}

#[cfg(test)]
mod tests;
