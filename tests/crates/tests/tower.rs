//! tower 0.5.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ::tower::limit::{ConcurrencyLimit, RateLimit, rate::Rate};
use ::tower::retry::backoff::{
    Backoff as _, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff as _,
};
use ::tower::retry::{Policy, Retry};
use ::tower::timeout::Timeout;
use ::tower::util::rng::HasherRng;
use ::tower::{Service, ServiceExt as _, service_fn};
use makespan::{Runner, assert_law, assert_makespan, assert_pace, delay};
use tokio::time::{Sleep, sleep};

use crate::{mark, ms};

async fn within_50_ms() -> bool {
    let call = service_fn(async |()| {
        delay("call").await;
        Ok::<(), Infallible>(())
    });
    Timeout::new(call, ms(50)).oneshot(()).await.is_ok()
}

#[test]
fn a_timeout_is_the_earlier_of_the_two() {
    assert_law!(within_50_ms() => min(call, 50ms));
}

#[test]
fn a_timeout_is_an_error_exactly_when_the_service_takes_longer() {
    // At a tie the service is asked first.
    for (takes, is_ok) in [(0, true), (49, true), (50, true), (51, false), (5_000, false)] {
        let run = Runner::new().latency("call", ms(takes)).run(within_50_ms()).expect("it ends");
        assert_eq!(run.output, is_ok, "{takes} ms");
        assert_makespan!(run, ms(takes.min(50)));
    }
}

/// Tries again, after pauses from 100 ms to a second, as often as it is allowed to.
#[derive(Clone)]
struct Doubling {
    backoff: ExponentialBackoff<HasherRng>,
    left: u32,
}

impl Doubling {
    fn new(retries: u32) -> Self {
        let no_jitter = 0.0;
        let maker = ExponentialBackoffMaker::new(ms(100), ms(1_000), no_jitter, HasherRng::new());
        Self { backoff: maker.expect("it is valid").make_backoff(), left: retries }
    }
}

impl Policy<(), (), ()> for Doubling {
    type Future = Sleep;

    fn retry(&mut self, (): &mut (), result: &mut Result<(), ()>) -> Option<Sleep> {
        self.left = self.left.checked_sub(1).filter(|_| result.is_err())?;
        Some(self.backoff.next_backoff())
    }

    fn clone_request(&mut self, (): &()) -> Option<()> {
        Some(())
    }
}

async fn retried(fails: u32) -> bool {
    let left = Arc::new(AtomicU32::new(fails));
    let attempt = service_fn(move |()| {
        let left = Arc::clone(&left);
        async move {
            delay("attempt").await;
            let fails = left.load(Ordering::Relaxed) > 0;
            left.fetch_sub(u32::from(fails), Ordering::Relaxed);
            if fails { Err(()) } else { Ok(()) }
        }
    });
    Retry::new(Doubling::new(5), attempt).oneshot(()).await.is_ok()
}

#[test]
fn a_retry_takes_its_attempts_and_its_pauses() {
    assert_law!(retried(0) => attempt);
    assert_law!(retried(2) => attempt[0] + 100ms + attempt[1] + 200ms + attempt[2]);
    // 100 + 200 + 400 + 800 + 1000 = 2500 ms, and none behind the last.
    assert_law!(retried(9) => sum(attempt) + 2500ms);
}

#[test]
fn a_retry_starts_after_all_attempts_and_pauses_before_it() {
    let run = Runner::new().latency("attempt", ms(10)).run(retried(9)).expect("it ends");
    assert!(!run.output);
    assert_pace!(run, attempt.start: 0ms, 110ms, 320ms, 730ms, 1540ms, 2550ms);
    assert_pace!(run, attempt.pause: 100ms, 200ms, 400ms, 800ms, 1s);
}

/// Calls as they come, at so many milliseconds, through a limit of 2 per 100 ms.
async fn limited_calls(at: &[u64]) {
    let call = service_fn(async |()| {
        mark("call").await;
        Ok::<(), Infallible>(())
    });
    let mut limited = RateLimit::new(call, Rate::new(2, ms(100)));
    let began = tokio::time::Instant::now();
    for at in at {
        tokio::time::sleep_until(began + ms(*at)).await;
        limited.ready().await.expect("never fails").call(()).await.expect("never fails");
    }
}

#[test]
fn a_rate_limit_lets_so_many_through_and_then_waits() {
    let run = makespan::run(limited_calls(&[0; 5]));
    assert_pace!(run, call.start: 2 * 0ms, 2 * 100ms, 200ms);
    assert_pace!(run, call.start: 2 per 100ms);
}

#[test]
fn a_rate_limit_counts_from_the_first_call_and_not_within_any_span() {
    let run = makespan::run(limited_calls(&[0, 90, 90, 90]));
    assert_pace!(run, call.start: 0ms, 90ms, 2 * 100ms);
    let sliding = "call.start: 2 per 100ms".parse::<makespan::Pace>().expect("it reads");
    let failure = sliding.verify(&run.into_trace()).expect_err("three within 10 ms").to_string();
    assert!(
        failure.starts_with(
            "pace broken: call.start: 2 per 100ms\n  \
               expected  2 at most within any 100ms\n  \
               actual    3: +90ms call[1], +100ms call[2], +100ms call[3]\n\n"
        ),
        "{failure}"
    );
}

async fn two_at_a_time(jobs: usize) {
    let job = service_fn(async |()| {
        delay("job").await;
        Ok::<(), Infallible>(())
    });
    let mut limited = ConcurrencyLimit::new(job, 2);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..jobs {
        calls.spawn_local(limited.ready().await.expect("never fails").call(()));
    }
    while let Some(call) = calls.join_next().await {
        call.expect("no panic").expect("never fails");
    }
}

#[test]
fn a_concurrency_limit_schedules_its_calls_as_a_list() {
    assert_law!(two_at_a_time(6) => limit(2, job));
    let run = Runner::new().latency("job", ms(10)).run(two_at_a_time(6)).expect("it ends");
    assert_makespan!(run, 30ms); // 6 * 10 / 2
    assert_pace!(run, job.start: 2 * 0ms, 2 * 10ms, 2 * 20ms);
    assert_eq!(run.trace().max_concurrency(), 2);
}

#[test]
fn a_sleep_in_a_service_is_the_clock_of_the_run() {
    let slow = service_fn(async |()| {
        sleep(ms(50)).await;
        Ok::<(), Infallible>(())
    });
    let run = makespan::run(Timeout::new(slow, ms(49)).oneshot(()));
    assert!(run.output.is_err() && run.warnings().is_empty());
    assert_makespan!(run, 49ms);
}
