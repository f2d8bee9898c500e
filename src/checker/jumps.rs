//! How far the latencies of code that ticks are tried.
//!
//! Code that ticks, such as an interval beside a call, has the clock jump to every tick: a
//! latency of four hours is 1.4 million jumps at one in 10 ms. So the jumps of a check are
//! limited. A count of jumps is the same on every machine, as real time is not: what is
//! tried, and with it the verdict, does not depend on how busy the machine is.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use crate::time::Compact;

/// What is left of the jumps of a check.
pub(super) struct Jumps {
    left: Cell<u64>,
    /// How many a case has beside its share, because the code makes them by itself.
    own: Cell<u64>,
    /// The longest latency that is still tried, in ticks.
    reach: Cell<u64>,
}

/// For this much of the real time that one case may take, the cases of a check have one
/// jump together: 66,666 for ten seconds. A jump costs up to 13 us in a debug build, so
/// they take 0.9 s in all there.
const REAL_TIME: Duration = Duration::from_micros(150);

/// A case has one in so many of the jumps that are left. With 300 cases that need a
/// quarter of their share each, as latencies up to the reach do, a third is left for the
/// last one.
const SHARE: u64 = 64;

/// A case may take so many times the jumps and events of the case in which every latency
/// is the least: code may pause or try again more often where latencies are long.
const OWN: u64 = 8;

impl Jumps {
    pub(super) fn new(wall_limit: Duration) -> Self {
        let all = u64::try_from(wall_limit.as_micros() / REAL_TIME.as_micros());
        Self {
            left: Cell::new(all.unwrap_or(u64::MAX)),
            own: Cell::new(0),
            reach: Cell::new(u64::MAX),
        }
    }

    /// Learns from the case of the least latencies how many jumps are the code's own.
    pub(super) fn learn(&self, jumps: u64, events: usize) {
        let events = u64::try_from(events).unwrap_or(u64::MAX);
        self.own.set(jumps.saturating_add(events).saturating_mul(OWN));
    }

    /// How many jumps a case may take that may use all there are.
    pub(super) fn all(&self) -> u64 {
        self.left.get().saturating_add(self.own.get())
    }

    /// How many jumps the next case may take.
    pub(super) fn share(&self) -> u64 {
        (self.left.get() / SHARE).saturating_add(self.own.get())
    }

    /// Takes off what a case has used beside the code's own.
    pub(super) fn charge(&self, jumps: u64) {
        let used = jumps.saturating_sub(self.own.get());
        self.left.set(self.left.get().saturating_sub(used));
    }

    pub(super) fn reach(&self) -> u64 {
        self.reach.get()
    }

    /// The reach, if it is shorter than at the beginning, for a reader.
    pub(super) fn reach_if_shortened(&self) -> Option<impl fmt::Display> {
        let reach = Some(self.reach.get()).filter(|reach| *reach < u64::MAX)?;
        Some(Compact(Duration::from_millis(reach)))
    }

    /// Shortens the reach: a case in which no latency was longer than `longest` has used up
    /// its jumps at this time, both in ticks. Calls may follow one another, so half of the
    /// way there is the next to try. Returns whether there is anything shorter to try.
    pub(super) fn shorten_reach(&self, longest: u64, at: u64) -> bool {
        let next = longest.min(at).min(self.reach.get()) / 2;
        self.reach.set(next);
        next > 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Jumps;

    #[test]
    fn a_case_has_its_share_of_what_is_left_and_the_jumps_of_the_code_itself() {
        let jumps = Jumps::new(Duration::from_secs(10));
        assert_eq!((jumps.all(), jumps.share()), (66_666, 1_041));
        jumps.learn(3, 4);
        assert_eq!((jumps.all(), jumps.share()), (66_666 + 56, 1_041 + 56)); // 8 * (3 + 4)
        // What the code needs by itself is not charged.
        jumps.charge(56);
        assert_eq!(jumps.all(), 66_666 + 56);
        jumps.charge(56 + 66_000);
        assert_eq!((jumps.all(), jumps.share()), (666 + 56, 10 + 56));
        jumps.charge(u64::MAX);
        assert_eq!((jumps.all(), jumps.share()), (56, 56));
    }

    #[test]
    fn three_hundred_cases_that_use_a_quarter_of_their_share_leave_a_third() {
        let jumps = Jumps::new(Duration::from_secs(10));
        (0..300).for_each(|_| jumps.charge(jumps.share() / 4));
        assert!((300..400).contains(&jumps.share()), "{}", jumps.share());
    }

    #[test]
    fn the_reach_halves_until_nothing_is_left() {
        let jumps = Jumps::new(Duration::from_secs(10));
        assert!(jumps.shorten_reach(14_400_000, 10_000));
        assert_eq!(jumps.reach(), 5_000);
        // The clock came further than any latency: they followed one another.
        assert!(jumps.shorten_reach(5_000, 10_000));
        assert_eq!(jumps.reach(), 2_500);
        assert!(!jumps.shorten_reach(1, 10_000));
        assert_eq!(jumps.reach(), 0);
    }
}
