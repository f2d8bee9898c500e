//! How long jobs take on a few slots.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::convert::Infallible;

/// Returns when the last of `jobs` is done, if each of them, in its turn, takes
/// the slot that is free first.
///
/// # Source
///
/// Greedy list scheduling: R. L. Graham, *Bounds for certain multiprocessing
/// anomalies*, Bell System Technical Journal 45 (1966). It is what a fair
/// semaphore gives tasks that were spawned in this order.
pub(crate) fn list_schedule(slots: usize, jobs: impl ExactSizeIterator<Item = u64>) -> u64 {
    let done = list_schedule_from(0, slots, jobs, |job, free| {
        Ok::<_, Infallible>(free.saturating_add(job))
    });
    done.unwrap_or_else(|never| match never {})
}

/// The same for jobs that all wait from a time on, where `run` says of each when it
/// is done if it starts then.
pub(super) fn list_schedule_from<J, E>(
    from: u64,
    slots: usize,
    jobs: impl ExactSizeIterator<Item = J>,
    mut run: impl FnMut(J, u64) -> Result<u64, E>,
) -> Result<u64, E> {
    // More slots than jobs are never taken, whatever number was written.
    let slots = slots.min(jobs.len());
    let mut free_at: BinaryHeap<_> = std::iter::repeat_n(Reverse(from), slots).collect();
    let mut last = from;
    for job in jobs {
        let Some(mut first_free) = free_at.peek_mut() else {
            break;
        };
        first_free.0 = run(job, first_free.0)?;
        last = last.max(first_free.0);
    }
    Ok(last)
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
