//! backon 1.6.

use std::time::Duration;

use ::backon::{ExponentialBuilder, Retryable as _};
use makespan::{Checker, Pace, Runner, assert_law, assert_makespan, assert_pace, law};

use crate::{failing, ms};

async fn retried(fails: u32) -> bool {
    let pauses =
        ExponentialBuilder::default().with_min_delay(ms(100)).with_factor(2.0).with_max_times(4);
    let attempt = failing(fails);
    let attempt = || attempt();
    attempt.retry(pauses).await.is_ok()
}

/// The run in which every attempt takes no time and fails.
fn in_vain() -> makespan::Run<bool> {
    Runner::new().latency("attempt", Duration::ZERO).run(retried(9)).expect("it ends")
}

#[test]
fn the_pauses_are_fractions_of_a_millisecond_longer_than_they_read() {
    let run = in_vain();
    assert!(!run.output);
    assert_pace!(run, attempt.start: 0ms, 100ms, 301ms, 702ms, 1503ms);
    // What its arithmetic in `f32` makes of twice 100 ms, and so on.
    assert_pace!(
        run,
        attempt.pause: 100ms, 200.000003ms, 400.000006ms, 800.000012ms
    );
    assert_makespan!(run, 1503ms);
    // In every case, and to the tick.
    assert_law!(retried(1) => attempt[0] + 100ms + attempt[1]);
    assert_law!(retried(9) => sum(attempt) + 100ms + 200.000003ms + 400.000006ms + 800.000012ms);
}

#[test]
fn the_law_that_one_reads_off_the_code_fails_and_says_why() {
    let pauses = "attempt.pause: 100ms, 200ms, 400ms, 800ms".parse::<Pace>().expect("it reads");
    let failure = pauses.verify(in_vain().trace()).expect_err("it is broken").to_string();
    assert!(
        failure.starts_with(
            "\
pace broken: attempt.pause

    expected  actual
    100ms     100ms  attempt[0] -> attempt[1]
  > 200ms     201ms  attempt[1] -> attempt[2]
    400ms     401ms  attempt[2] -> attempt[3]
    800ms     801ms  attempt[3] -> attempt[4]

  note  3 of 4 waits are longer by 1ms; it may be rounding: tokio's timers round up to whole \
milliseconds, so 200.000003ms would take 201ms
"
        ),
        "{failure}"
    );
    let failure = in_vain().trace().verify_makespan(ms(1_500)).expect_err("it is broken");
    let failure = failure.to_string();
    assert!(
        failure.starts_with(
            "\
makespan broken
  expected  +1500ms
  actual    +1503ms     critical path: 1503ms
  note      longer by 3ms, over 4 waits that are no step; it may be rounding: tokio's timers \
round up to whole milliseconds, each by itself
"
        ),
        "{failure}"
    );
}

#[test]
fn the_law_of_all_latencies_says_why_too() {
    let failure = Checker::new()
        .without_seeds()
        .verify(async || retried(9).await, &law!(sum(attempt) + 1500ms))
        .expect_err("it is broken")
        .to_string();
    assert!(failure.contains("  expected  +1500ms\n  actual    +1503ms"), "{failure}");
    assert!(failure.contains("  note      longer by 3ms, over 4 waits"), "{failure}");
}

#[test]
fn a_factor_that_is_exact_is_told_as_it_is() {
    // Seconds and halves of them are exact in `f32`, so nothing rounds.
    async fn slow() {
        let pauses =
            ExponentialBuilder::default().with_min_delay(ms(500)).with_max_delay(ms(1_500));
        let attempt = failing(9);
        let attempt = || attempt();
        let _ = attempt.retry(pauses).await;
    }
    assert_law!(slow() => sum(attempt) + 500ms + 1s + 1500ms);
}
