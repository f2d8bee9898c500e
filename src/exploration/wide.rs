//! Code of so many steps that its orders are never enumerated: each step is made to decide.

use crate::exploration::explored::Unstarted;
use crate::exploration::gap::Gap;
use crate::exploration::walk::Walk;

/// A path of more delays than these is too wide. The bounds of a zone are as many as the square
/// of that, and a path has two zones for each delay: 4 MB at 64.
pub(super) const WIDE: usize = 64;

/// So many steps are made to decide, spread over all. Code of thousands of steps treats most of
/// them alike, and each costs two runs of all.
const STEPS: usize = 16;

/// Far longer than all others are together, and what they are then: a second for each.
const FAR: i64 = 1_000;

impl Walk<'_> {
    /// Runs the code with each of some steps far longer than the rest, and far shorter.
    pub(super) fn go_wide(&mut self, count: usize) {
        self.note(Gap::Budget { repeats: self.repeating() });
        let far = FAR * i64::try_from(count).unwrap_or(1);
        let chosen = (0..STEPS.min(count)).map(|it| it * count / STEPS.min(count).max(1));
        let one = |step: usize, its: i64, rest: i64| {
            let mut latencies = vec![rest; count];
            latencies[step] = its;
            latencies
        };
        let alike = [0, 1].map(|latency| vec![latency; count]);
        let apart = chosen.flat_map(|step| [one(step, far, 1), one(step, 0, FAR)]);
        for latencies in alike.into_iter().chain(apart) {
            let latencies = self.within_ranges(latencies);
            if self.execute(latencies, &Unstarted::new()).is_none() {
                return;
            }
        }
    }
}
