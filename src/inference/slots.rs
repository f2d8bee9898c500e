//! When the slots of a line become free.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many slots, and until when each is taken: what is asked of it again and
/// again, job by job, is not counted anew.
#[derive(Clone)]
pub(super) struct Slots {
    count: usize,
    taken_until: BinaryHeap<Reverse<u64>>,
}

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self { count, taken_until: BinaryHeap::with_capacity(count) }
    }

    /// A job takes the slot that is free first, until its finish.
    pub(super) fn take(&mut self, finish: u64) {
        if self.taken_until.len() < self.count {
            self.taken_until.push(Reverse(finish));
        } else if let Some(mut first) = self.taken_until.peek_mut() {
            first.0 = first.0.max(finish);
        }
    }

    /// When the next job can start.
    pub(super) fn first_free(&self) -> u64 {
        let first = self.taken_until.peek().filter(|_| self.taken_until.len() == self.count);
        first.map_or(0, |first| first.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;

    #[test]
    fn a_slot_is_free_once_its_job_is_done() {
        let mut slots = Slots::new(2);
        slots.take(30);
        assert_eq!(slots.first_free(), 0);
        slots.take(10);
        assert_eq!(slots.first_free(), 10);
        // From 10 to 50: the other one is free before.
        slots.take(50);
        assert_eq!(slots.first_free(), 30);
    }
}
