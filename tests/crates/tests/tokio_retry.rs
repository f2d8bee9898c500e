//! tokio-retry 0.3.

use ::tokio_retry::Retry;
use ::tokio_retry::strategy::{ExponentialBackoff, FibonacciBackoff, FixedInterval};
use makespan::{Runner, assert_law, assert_pace};
use std::time::Duration;

use crate::{failing, ms};

async fn retried(pauses: impl IntoIterator<Item = Duration>, fails: u32) -> bool {
    let attempt = failing(fails);
    Retry::start(pauses, || attempt()).await.is_ok()
}

#[test]
fn an_exponential_backoff_is_the_base_to_the_power_and_no_factor_of_two() {
    let pauses = || ExponentialBackoff::from_millis(10).take(4);
    let runner = Runner::new().latency("attempt", Duration::ZERO);
    let run = runner.run(retried(pauses(), 9)).expect("it ends");
    assert!(!run.output);
    assert_pace!(run, attempt.start: 0ms, 10ms, 110ms, 1110ms, 11110ms);
    assert_pace!(run, attempt.pause: 10ms, 100ms, 1s, 10s);
    assert_law!(retried(pauses(), 9) => sum(attempt) + 11110ms);
    assert_law!(retried(pauses(), 2) => attempt[0] + 10ms + attempt[1] + 100ms + attempt[2]);
}

#[test]
fn pauses_have_a_factor_and_a_most() {
    // 2 * 50, 4 * 50, 8 * 50 = 400 ms, of which 300 are allowed.
    let pauses = || ExponentialBackoff::from_millis(2).factor(50).max_delay(ms(300)).take(4);
    let run = Runner::new().latency("attempt", ms(10)).run(retried(pauses(), 9)).expect("it ends");
    assert_pace!(run, attempt.pause: 100ms, 200ms, 2 * 300ms);
}

#[test]
fn the_other_pauses_are_what_they_are_called() {
    assert_law!(retried(FixedInterval::from_millis(20).take(3), 9) => sum(attempt) + 3 * 20ms);
    let fibonacci = || FibonacciBackoff::from_millis(10).take(5);
    let run =
        Runner::new().latency("attempt", ms(7)).run(retried(fibonacci(), 9)).expect("it ends");
    assert_pace!(run, attempt.pause: 2 * 10ms, 20ms, 30ms, 50ms);
}
