//! Clocks that are moved by hand, by the code under test: it is told.
#![expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]

use std::future::pending;
use std::time::Duration;

use makespan::{Runner, Timed, Warning, run, try_run};
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

const DAY: Duration = Duration::from_secs(86_400);

/// What is reported of a run that ends in an error, and that was moved by hand.
#[track_caller]
fn reported<F: Future>(runner: &Runner, future: F) -> String {
    let error = runner.run(future).err().expect("it ends in an error");
    let told = error.to_string();
    assert_eq!(error.is_past_virtual_limit(), !error.is_stalled(), "{told}");
    let first = told.strip_suffix(&format!("\n  note: {MOVED}"));
    first.unwrap_or_else(|| panic!("no note: {told}")).to_owned()
}

#[test]
fn a_clock_that_was_advanced_past_the_limit_twice_is_reported_with_where_it_is() {
    let told = reported(&Runner::new(), async {
        advance(DAY * 300).await;
        advance(DAY * 300).await;
        pending::<()>().await;
    });
    assert_eq!(told, "the clock was advanced by hand to +600d, past the virtual limit of 1d");
}

#[test]
fn a_clock_that_was_advanced_past_the_limit_once_is_reported_with_where_it_is() {
    let told = reported(&Runner::new(), async { advance(DAY * 300).await });
    assert_eq!(told, "done at +300d, past the virtual limit of 1d");
    let told = reported(&Runner::new(), async {
        advance(DAY * 300).await;
        pending::<()>().await;
    });
    assert_eq!(told, "the clock was advanced by hand to +300d, past the virtual limit of 1d");
}

#[test]
fn a_clock_that_was_advanced_past_the_limit_in_a_task_is_reported_with_where_it_is() {
    for (times, at) in [(1, "+300d"), (2, "+600d")] {
        let told = reported(&Runner::new(), async {
            tokio::spawn(async move {
                for _ in 0..times {
                    advance(DAY * 300).await;
                }
            });
            pending::<()>().await;
        });
        let first = told.lines().next().unwrap_or_default();
        let by_hand =
            |at| format!("the clock was advanced by hand to {at}, past the virtual limit of 1d");
        // The run ends before the task has advanced it once more, or behind that.
        assert!([by_hand("+300d"), by_hand(at)].contains(&first.to_owned()), "{told}");
    }
}

#[test]
fn a_clock_that_was_advanced_to_the_very_end_of_the_limit_is_reported() {
    // The first multiple of a power of 64 behind a day, where the run's own timer is.
    let told = reported(&Runner::new(), async {
        advance(ms(6 * 64_u64.pow(4))).await;
        pending::<()>().await;
    });
    assert_eq!(
        told,
        "the clock was advanced by hand to +1d 3h 57m 43.296s, past the virtual limit of 1d"
    );
}

#[test]
fn a_stall_behind_a_clock_that_was_advanced_within_the_limit_is_where_that_is() {
    let runner = Runner::new().virtual_limit(DAY * 700);
    for (times, at) in [(1, "+300d"), (2, "+600d")] {
        let told = reported(&runner, async {
            for _ in 0..times {
                advance(DAY * 300).await;
            }
            pending::<()>().await;
        });
        let stalled = format!("stalled at {at}: nothing can run, and no timer of tokio's is left");
        assert_eq!(told.lines().next(), Some(&*stalled));
    }
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_whose_clock_was_advanced_past_the_limit_says_so() {
    let by_hand = "the clock was advanced by hand to +600d, past the virtual limit of 1d";
    let recorded = makespan::try_record(async {
        advance(DAY * 300).await;
        advance(DAY * 300).await;
        pending::<()>().await;
    });
    let error = recorded.await.expect_err("it is past the limit");
    assert_eq!(error.to_string(), format!("{by_hand}\n  note: {MOVED}"));
}

#[tokio::test(start_paused = true)]
async fn a_task_of_a_recorded_run_that_advances_the_clock_past_the_limit_is_noticed() {
    let recorded = makespan::try_record(async {
        tokio::spawn(advance(DAY * 300));
        pending::<()>().await;
    });
    let error = recorded.await.expect_err("it is past the limit");
    assert_eq!(
        error.to_string(),
        "the clock was advanced by hand to +300d, past the virtual limit of 1d\n  \
         alive: 1 spawned task"
    );
}
