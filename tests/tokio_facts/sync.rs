//! Semaphores and intervals.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::{Log, fact, ms, took};

/// `limit(2, ..)` is list scheduling, in the order of creation.
#[tokio::test(start_paused = true)]
async fn a_semaphore_lets_jobs_in_in_the_order_in_which_they_came() {
    let (log, began) = (Log::new(), Instant::now());
    let permits = Arc::new(Semaphore::new(2));
    let jobs: Vec<_> = (0..6)
        .map(|job| {
            let (log, permits) = (log.clone(), Arc::clone(&permits));
            tokio::spawn(async move {
                let _permit = permits.acquire().await;
                log.push((job, began.elapsed().as_millis()));
                sleep(ms(10)).await;
            })
        })
        .collect();
    for job in jobs {
        job.await.expect("it does not panic");
    }
    fact!(log.take(), [(0, 0), (1, 0), (2, 10), (3, 10), (4, 20), (5, 20)]);
}

/// A job that asks for a permit as one is given back, and does not queue, comes last.
#[tokio::test(start_paused = true)]
async fn a_permit_that_is_given_back_is_handed_to_who_waits() {
    let permits = Arc::new(Semaphore::new(1));
    let held = Arc::clone(&permits).acquire_owned().await;
    let waits = tokio::spawn({
        let permits = Arc::clone(&permits);
        async move { permits.acquire_owned().await }
    });
    sleep(ms(1)).await;
    drop(held);
    let is_free = permits.try_acquire().is_ok();
    fact!((is_free, waits.await.is_ok()), (false, true));
}

/// The law of an interval has no term for its first tick.
#[tokio::test(start_paused = true)]
async fn the_first_tick_of_an_interval_comes_at_once() {
    let mut ticks = interval(ms(100));
    fact!(took(ticks.tick()).await, ms(0));
    fact!(took(ticks.tick()).await, ms(100));
}

/// When the second tick comes and when the third, the second behind so much work.
async fn ticks_behind(work: Duration) -> [Duration; 2] {
    let mut ticks = interval(ms(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let began = ticks.tick().await;
    sleep(work).await;
    ticks.tick().await;
    let late = began.elapsed();
    ticks.tick().await;
    [late, began.elapsed()]
}

/// Here time jumps by five milliseconds, which no law can say.
#[tokio::test(start_paused = true)]
async fn a_tick_that_is_five_milliseconds_late_counts_as_on_time() {
    fact!(ticks_behind(ms(105)).await, [ms(105), ms(200)]);
    fact!(ticks_behind(ms(106)).await, [ms(106), ms(206)]);
}

/// What a tick returns is no time of a log.
#[tokio::test(start_paused = true)]
async fn a_late_tick_returns_the_instant_for_which_it_was_scheduled() {
    let mut ticks = interval(ms(100));
    let began = ticks.tick().await;
    sleep(ms(130)).await;
    let tick = ticks.tick().await;
    fact!((tick - began, began.elapsed()), (ms(100), ms(130)));
}
