//! Runs at the ends of each zone, which find what an order alone does not show.

use std::rc::Rc;

use crate::exploration::explored::Unstarted;
use crate::exploration::gap::Gap;
use crate::exploration::tree::{NodeId, path};
use crate::exploration::walk::Walk;
use crate::exploration::zone::Zone;

/// Between the ends of two zones so many runs go on with enumerating, where not all orders can be.
const STEP: usize = 1;

/// Of this many instants all pairs are fitted into few runs. That takes the fourth power of their
/// number; of more, each instant has two runs of its own.
const FEW: usize = 16;

/// The point at which every time is as far behind the second of two as it may be, among them the
/// first; or at which that is as far before. In closed form, a column of the bounds is a point.
fn far_from(zone: &Zone, (later, earlier): (usize, usize)) -> Vec<i64> {
    let is_behind = later > earlier;
    let at = |index: usize| match is_behind {
        true => zone.max(index, earlier),
        false => -zone.max(later, index),
    };
    let beginning = at(0);
    (0..zone.len()).map(|index| at(index) - beginning).collect()
}

impl Walk<'_> {
    /// Explores until each zone has runs at all its ends, and each of these takes the path of its
    /// zone. A timer that fires at an instant and a constant fires before the next instant of a
    /// path if it does so anywhere in the zone, where the two are furthest apart; and where code
    /// compares a difference of two times with a constant, its ways differ at the ends.
    ///
    /// Returns whether all was done.
    pub(super) fn probe(&mut self) -> bool {
        let mut next = 0;
        // If there are more orders than that, the ends of those that were found are worth more.
        let half = self.spent.saturating_add(self.left() / 2);
        loop {
            let is_unfinished = self.has_open() && self.spent >= half;
            self.enumerate(if is_unfinished { self.spent + STEP } else { half });
            if !self.may_go_on() {
                return false;
            }
            // Leaves are never revived, and new ones come behind.
            let Some(leaf) = (next..self.nodes.len()).find(|id| self.nodes[*id].is_whole()) else {
                return !self.has_open();
            };
            next = leaf + 1;
            self.probe_leaf(leaf);
        }
    }

    fn probe_leaf(&mut self, leaf: NodeId) {
        while !self.nodes[leaf].is_dead {
            let Some(times) = self.missing_end(leaf) else { return };
            let before = self.runs.len();
            if self.run_at(leaf, &times).is_none() {
                return;
            }
            self.settle();
            if self.runs.len() == before {
                // It was done already, and takes another way by chance.
                return;
            }
        }
    }

    /// A point at the ends of the zone, if there is one that no run was at: where as many
    /// differences of instants as possible are at their maximum.
    fn missing_end(&self, leaf: NodeId) -> Option<Vec<i64>> {
        let node = &self.nodes[leaf];
        let mut bases = Vec::<usize>::new();
        for instant in &node.instants {
            if !bases.iter().any(|base| node.zone.is_fixed(*base, instant.base)) {
                bases.push(instant.base);
            }
        }
        let pairs = bases.iter().flat_map(|one| bases.iter().map(move |other| (*one, *other)));
        let mut missing: Vec<_> = pairs.filter(|(one, other)| one != other).collect();
        for (run, _) in &node.runs {
            let times = &self.runs[*run].times;
            missing.retain(|(one, two)| times[*one] - times[*two] != node.zone.max(*one, *two));
        }
        let first = *missing.first()?;
        if bases.len() > FEW {
            return Some(far_from(&node.zone, first));
        }
        let mut zone = (*node.zone).clone();
        for (one, other) in std::iter::once(first).chain(missing) {
            let most = node.zone.max(one, other);
            if zone.max(one, other) == most {
                zone.fix(one, other, most);
            }
        }
        Some(zone.point(|_, least, _| least))
    }

    /// Runs one point of each zone again, in another sequence. Code that is deterministic does
    /// the same.
    pub(super) fn repeat(&mut self) {
        for leaf in self.leaves().into_iter().rev() {
            let node = &self.nodes[leaf];
            let Some((run, _)) = node.runs.first().copied() else { continue };
            let (is_tied, latencies) = (node.ties > 0, self.runs[run].by_name());
            let Some(again) = self.execute(latencies, &Unstarted::new()) else {
                self.note(Gap::Budget { repeats: self.repeating() });
                return;
            };
            let (one, two) = (Rc::clone(&self.runs[run]), Rc::clone(&self.runs[again]));
            let is_same = (&one.instants, &one.ending) == (&two.instants, &two.ending);
            if !is_same && !is_tied && !self.is_by_chance(leaf) {
                self.note_unsteady(run, again);
                return;
            }
        }
    }

    /// Whether the code has taken one of several ways by chance on the path.
    fn is_by_chance(&self, leaf: NodeId) -> bool {
        path(&self.nodes, leaf).iter().any(|id| self.nodes[*id].is_random)
    }
}
