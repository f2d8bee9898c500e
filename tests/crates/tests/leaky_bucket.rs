//! leaky-bucket 1.1.

use ::leaky_bucket::RateLimiter;
use makespan::{Run, assert_pace};

use crate::{mark, ms};

/// Ten permits, one after another, of a bucket that has five and gets so many every
/// 100 ms.
fn ten_permits(refill: usize) -> Run<()> {
    makespan::run(async {
        let limiter =
            RateLimiter::builder().initial(5).refill(refill).interval(ms(100)).max(10).build();
        for _ in 0..10 {
            limiter.acquire_one().await;
            mark("permit").await;
        }
    })
}

#[test]
fn permits_come_in_a_burst_and_then_one_by_one() {
    let run = ten_permits(1);
    assert_pace!(run, permit.start: 5 * 0ms, 100ms, 200ms, 300ms, 400ms, 500ms);
    assert_pace!(run, permit.start: 5 per 100ms);
    assert_eq!(run.trace().most_within("permit", ms(101)), 6); // the burst and the next
}

#[test]
fn the_kth_permit_waits_for_as_many_refills_as_it_needs() {
    // ceil((k - 5) / 2) * 100 ms
    assert_pace!(ten_permits(2), permit.start: 5 * 0ms, 2 * 100ms, 2 * 200ms, 300ms);
}

#[test]
fn permits_are_given_in_the_order_of_asking() {
    let run = makespan::run(async {
        let limiter = RateLimiter::builder().initial(0).refill(1).interval(ms(100)).build();
        let (first, second, third) = (
            async { (limiter.acquire_one().await, mark("first").await) },
            async { (limiter.acquire_one().await, mark("second").await) },
            async { (limiter.acquire_one().await, mark("third").await) },
        );
        tokio::join!(biased; first, second, third);
    });
    assert_pace!(run, first.start: 100ms);
    assert_pace!(run, second.start: 200ms);
    assert_pace!(run, third.start: 300ms);
}
