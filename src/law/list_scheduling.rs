//! How long jobs take on a few slots.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Returns when the last of `jobs` is done, if each of them, in its turn, takes
/// the slot that is free first.
///
/// # Source
///
/// Greedy list scheduling: R. L. Graham, *Bounds for certain multiprocessing
/// anomalies*, Bell System Technical Journal 45 (1966). It is what a fair
/// semaphore gives tasks that were spawned in this order.
pub(crate) fn list_schedule(slots: usize, jobs: impl ExactSizeIterator<Item = u64>) -> u64 {
    // More slots than jobs are never taken, whatever number was written.
    let slots = slots.min(jobs.len());
    let mut free_at: BinaryHeap<_> = std::iter::repeat_n(Reverse(0_u64), slots).collect();
    let mut last = 0;
    for job in jobs {
        let Some(mut first_free) = free_at.peek_mut() else {
            break;
        };
        first_free.0 = first_free.0.saturating_add(job);
        last = last.max(first_free.0);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::list_schedule;

    #[test]
    fn jobs_take_the_slot_that_is_free_first() {
        // On 2 slots: 30 | 10, then 20 behind the 10, then 10 behind either: 40.
        assert_eq!(list_schedule(2, [30, 10, 20, 10].into_iter()), 40);
        assert_eq!(list_schedule(1, [30, 10, 20, 10].into_iter()), 70);
        assert_eq!(list_schedule(9, [30, 10, 20, 10].into_iter()), 30);
        assert_eq!(list_schedule(2, std::iter::empty()), 0);
    }
}
