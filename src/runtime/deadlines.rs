//! What a scenario waits for, so that the clock can go there at once.
//!
//! Tokio's own clock goes to the next timer in jumps, as its wheel is made: to where
//! the timer's slot begins, and on from there, at one park of the runtime each; and
//! after a timer that has fired it stays for one park where it is. Who knows the
//! deadline can go there in one. The timers are tokio's own all the same,
//! and so is the order in which they fire.

use std::time::Duration;

use crate::time::{VirtualTime, whole_ticks};

/// How many deadlines are kept. Where more timers wait, parks are few for each.
const MOST: usize = 8;

/// The deadlines of a run's timers, as long as they are few.
#[derive(Clone, Copy)]
pub(super) struct Deadlines {
    /// In no order; of a timer that is gone it stays until its time.
    pending: [VirtualTime; MOST],
    /// How many there are; none where there once were too many, since then on some
    /// are not known.
    known: Option<usize>,
}

impl Deadlines {
    pub(super) const fn new() -> Self {
        Self { pending: [VirtualTime::START; MOST], known: Some(0) }
    }

    /// Whether every one is known, so that the next one is.
    pub(super) const fn are_known(&self) -> bool {
        self.known.is_some()
    }

    /// Notes a timer that is set now, for so long.
    pub(super) fn set(&mut self, now: VirtualTime, duration: Duration) {
        let Some(mut known) = self.known else { return };
        if known == MOST {
            known = self.forget_until(now, known);
        }
        let deadline = Duration::from_millis(whole_ticks(duration));
        self.known = self.pending.get_mut(known).map(|free| {
            *free = VirtualTime::after(now.since_start().saturating_add(deadline));
            known + 1
        });
    }

    /// How long it is until the next deadline, if every one is known.
    pub(super) fn until_next(&mut self, now: VirtualTime) -> Option<Duration> {
        let known = self.forget_until(now, self.known?);
        self.known = Some(known);
        let next = self.pending[..known].iter().min()?;
        Some(next.since_start().saturating_sub(now.since_start()))
    }

    /// Forgets what is over; returns how many there are then.
    fn forget_until(&mut self, now: VirtualTime, known: usize) -> usize {
        let mut left = 0;
        for place in 0..known {
            let deadline = self.pending[place];
            if deadline > now {
                self.pending[left] = deadline;
                left += 1;
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Deadlines, MOST};
    use crate::time::VirtualTime;

    const MS: Duration = Duration::from_millis(1);

    fn at(millis: u32) -> VirtualTime {
        VirtualTime::after(MS * millis)
    }

    #[test]
    fn the_next_deadline_is_the_earliest_that_is_ahead() {
        let mut deadlines = Deadlines::new();
        assert_eq!(deadlines.until_next(at(0)), None);
        deadlines.set(at(0), 5 * MS);
        deadlines.set(at(0), 3 * MS);
        assert_eq!(deadlines.until_next(at(1)), Some(2 * MS));
        assert_eq!(deadlines.until_next(at(3)), Some(2 * MS));
        assert_eq!(deadlines.until_next(at(5)), None);
    }

    #[test]
    fn a_deadline_is_on_the_tick() {
        let mut deadlines = Deadlines::new();
        deadlines.set(at(1), MS / 2);
        assert_eq!(deadlines.until_next(at(1)), Some(MS));
    }

    #[test]
    fn where_one_is_not_known_none_is_told() {
        let mut deadlines = Deadlines::new();
        for _ in 0..MOST {
            deadlines.set(at(0), 5 * MS);
        }
        assert_eq!(deadlines.until_next(at(0)), Some(5 * MS));
        deadlines.set(at(0), MS);
        assert_eq!(deadlines.until_next(at(0)), None);
        // Not even when they are few again: one of them may be ahead still.
        assert_eq!(deadlines.until_next(at(9)), None);
    }

    #[test]
    fn what_is_over_makes_room() {
        let mut deadlines = Deadlines::new();
        for _ in 0..10 * MOST {
            deadlines.set(at(0), MS);
            deadlines.until_next(at(1));
        }
        deadlines.set(at(1), 2 * MS);
        assert_eq!(deadlines.until_next(at(1)), Some(2 * MS));
        // Also where nobody has asked since.
        for _ in 1..MOST {
            deadlines.set(at(1), 2 * MS);
        }
        deadlines.set(at(3), 4 * MS);
        assert_eq!(deadlines.until_next(at(3)), Some(4 * MS));
    }
}
