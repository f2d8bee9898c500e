//! A search for behaviour that changes only inside a zone, where its ends show nothing.
//!
//! It proves nothing. It tries differences of two instants at constants that matter to the code,
//! next to them, and at distances that grow from them.

use std::collections::BTreeSet;

use crate::exploration::tree::{NodeId, Token};
use crate::exploration::walk::Walk;
use crate::name::StepName;

/// Distances as people write them where they think of short, slow or long.
const DISTANCES: [i64; 17] = [
    2, 5, 10, 20, 50, 100, 200, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 30_000,
    60_000,
];

/// Two instants by the delays that they follow, none being the beginning, and the difference.
type Tried = (Option<StepName>, Option<StepName>, i64);

/// What is tried on a path.
#[derive(Clone, Copy)]
struct Wanted {
    /// The difference of two instants.
    value: i64,
    /// Whether the others are as late as they may be, or as early.
    is_late: bool,
    /// Whether the instants are those of one step, or the beginning and another.
    is_own: bool,
}

impl Walk<'_> {
    /// Tries differences of instants at and around the constants, until so many runs were done.
    /// `literals` are durations of the sources, of which most have nothing to do with the code.
    pub(super) fn search(&mut self, constants: &[i64], literals: &[i64], until: usize) {
        let mut tried = BTreeSet::<Tried>::new();
        let values = values(&self.all_constants(constants), literals);
        let round: BTreeSet<_> = DISTANCES.iter().map(|distance| distance + 1).collect();
        // What code measures is mostly how long one step took, or all until then.
        for is_own in [true, false] {
            for (turn, value) in values.iter().enumerate() {
                // People limit a duration by a round number, and seldom the time between others.
                if !is_own && round.contains(value) {
                    continue;
                }
                let leaves = self.leaves();
                let least = leaves.iter().map(|leaf| self.nodes[*leaf].ties).min().unwrap_or(0);
                let strict: Vec<_> =
                    leaves.into_iter().filter(|leaf| self.nodes[*leaf].ties == least).collect();
                for place in 0..strict.len() {
                    let leaf = strict[(place + turn) % strict.len()];
                    let wanted = Wanted { value: *value, is_late: turn % 2 == 1, is_own };
                    if !self.try_difference(leaf, wanted, until, &mut tried) {
                        return;
                    }
                }
            }
        }
    }

    /// Runs each pair of instants of the path with this difference, the others as early as they
    /// may be, or as late. Returns whether there is
    /// anything left to spend.
    fn try_difference(
        &mut self,
        leaf: NodeId,
        Wanted { value, is_late, is_own }: Wanted,
        until: usize,
        tried: &mut BTreeSet<Tried>,
    ) -> bool {
        let bases: BTreeSet<_> =
            self.nodes[leaf].instants.iter().map(|instant| instant.base).collect();
        for later in &bases {
            for earlier in &bases {
                let node = &self.nodes[leaf];
                if node.is_dead {
                    return true;
                }
                let zone = &node.zone;
                let is_inside =
                    zone.min(*later, *earlier) < value && value < zone.max(*later, *earlier);
                let is_of_one = *earlier == 0 || node.starts[*later].base == *earlier;
                if later == earlier || !is_inside || is_of_one != is_own {
                    continue;
                }
                let seen = &self.runs[node.runs[0].0];
                let name = |base: &usize| base.checked_sub(1).map(|it| seen.names[it].clone());
                if !tried.insert((name(later), name(earlier), value)) {
                    continue;
                }
                let mut zone = (**zone).clone();
                zone.fix(*later, *earlier, value);
                let times = zone.point(|_, least, most| if is_late { most } else { least });
                if self.spent >= until || self.run_at(leaf, &times).is_none() {
                    return false;
                }
                self.settle();
                self.enumerate(usize::MAX);
            }
        }
        true
    }

    /// The constants that somebody gave, behind those that runs have shown.
    fn all_constants(&self, given: &[i64]) -> Vec<i64> {
        let mut all = Vec::new();
        let live = self.nodes.iter().filter(|node| !node.is_dead);
        for node in live {
            if let Some(Token::Timer(timer)) = &node.token {
                all.push(timer.after);
            }
            all.extend(node.cuts.iter().map(|cut| cut.most.abs()));
        }
        all.sort_unstable();
        all.dedup();
        all.extend_from_slice(given);
        let mut seen = BTreeSet::new();
        all.retain(|it| *it > 0 && seen.insert(*it));
        all
    }
}

/// The differences to try, those that are likeliest to matter first.
fn values(constants: &[i64], literals: &[i64]) -> Vec<i64> {
    let mut values = Vec::new();
    for constant in constants {
        values.extend([*constant, constant + 1, constant - 1]);
    }
    for distance in DISTANCES {
        values.extend(constants.iter().flat_map(|it| [it - distance, it + distance]));
    }
    // Just behind a number is inside what begins at it, and inside what begins behind it.
    values.extend(literals.iter().flat_map(|it| [it + 1, *it]));
    values.extend(DISTANCES.map(|distance| distance + 1));
    values.extend(literals.iter().map(|it| it - 1));
    let mut seen = BTreeSet::new();
    values.retain(|value| *value > 0 && seen.insert(*value));
    values
}
