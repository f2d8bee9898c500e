//! Clocks that are moved by hand, by the code under test: it is told.
#![expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]

use std::future::pending;
use std::time::Duration;

use makespan::{Timed, Warning, run, try_run};
use tokio::time::{advance, resume, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const YEAR: Duration = Duration::from_secs(365 * 86_400);

const MOVED: &str = "the clock was moved by hand: `advance` or `resume` was called inside, and \
                     what was due on the way runs behind the jump";

#[test]
fn a_clock_that_was_moved_by_whole_ticks_is_told() {
    let run = run(async {
        sleep(ms(3)).await;
        advance(ms(5)).await;
        sleep(ms(2)).await;
    });
    assert_eq!(run.makespan(), ms(10)); // 3 + 5 + 2
    assert_eq!(run.warnings(), [Warning::MovedByHand]);
    assert_eq!(run.warnings()[0].to_string(), MOVED);
}

#[test]
fn a_clock_that_was_moved_in_a_task_is_told() {
    let run = run(async { tokio::spawn(async { advance(ms(5)).await }).await.is_ok() });
    assert_eq!(run.warnings(), [Warning::MovedByHand]);
}

#[test]
fn a_clock_that_runs_by_itself_is_told() {
    let run = run(async {
        resume();
        sleep(ms(3)).await;
    });
    assert_eq!(
        run.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "the clock left the whole millisecond: `advance`, `pause` or `resume` was called inside, \
          and sleeps take up to one millisecond longer from there on"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_moved_in_a_recorded_run_is_told() {
    let run = makespan::record(async { advance(ms(5)).await }).await;
    assert_eq!(run.warnings(), [Warning::MovedByHand]);
    let run = makespan::record(async { sleep(ms(5)).await }).await;
    assert_eq!(run.warnings(), []);
}

#[test]
fn a_stall_stands_where_the_clock_was_moved_to() {
    for (jump, stood) in [(ms(5), "+5ms"), (Duration::from_micros(500), "+0.5ms")] {
        let error = try_run(async {
            advance(jump).await;
            pending::<()>().timed("reply").await;
        });
        let told = error.expect_err("it stalls").to_string();
        let expected = format!(
            "stalled at {stood}: nothing can run, and no timer of tokio's is left\n  \
             unfinished: reply since {stood}\n  note: {MOVED}"
        );
        assert_eq!(told, expected);
    }
}

#[test]
fn a_clock_that_was_moved_beyond_every_limit_ends_the_run() {
    for years in [1, 2, 3, 5, 40] {
        let error = try_run(async {
            advance(YEAR * years).await;
            sleep(ms(1)).await;
        });
        let error = error.expect_err("it is past the limit");
        assert!(error.is_past_virtual_limit(), "{years}: {error}");
        assert!(error.to_string().ends_with(MOVED), "{years}: {error}");
    }
}
