//! Crates with a clock of their own: they are found out.

use std::num::NonZeroU32;
use std::time::Duration;

use futures_timer::Delay;
use governor::{Quota, RateLimiter};
use makespan::{Pace, Runner, assert_pace};
use moka::future::Cache;
use tokio::time::{sleep, timeout};

use crate::{mark, ms};

/// What is told of code that does otherwise on the wall, up to the timeline.
fn told(code: impl AsyncFn()) -> Vec<String> {
    // More than a busy machine delays a step.
    let verdict = Runner::wall(Duration::from_secs(5)).verify_clocks(code);
    let text = verdict.expect_err("the clocks disagree").to_string();
    text.lines().map(str::to_owned).collect()
}

const NOTE: &str = "something asks a clock that is not tokio's: std's, or that of a crate with \
                    timers or a time to live of its own";

const STALLED: [&str; 4] = [
    "stalled at +0ms: nothing can run, and no timer of tokio's is left",
    "  the code does not end, and no named step is unfinished, so what it waits for has no name",
    "  to see it: name the futures that the code awaits with `.timed(\"..\")`, or let its fakes \
     await `delay(\"..\")`",
    "  typical causes: a sender that is still alive, so that its receiver never ends; a timer that \
     is not tokio's",
];

#[test]
fn futures_timer_is_an_error_where_nothing_else_goes_on() {
    let error = makespan::try_run(Delay::new(ms(200))).expect_err("it does not end");
    assert_eq!((error.is_stalled(), error.to_string()), (true, STALLED.join("\n")));
    // Another thread that answers while the run is looked at is named.
    match makespan::try_run(Delay::new(ms(2))) {
        Err(error) => assert!(error.is_waiting_outside() || error.is_stalled(), "{error}"),
        // Where a thread was started at the same time, the clock has waited on suspicion.
        Ok(run) => assert!(!run.warnings().is_empty()),
    }
}

#[test]
fn futures_timer_is_found_out_on_the_wall() {
    let rows = told(async || Delay::new(ms(100)).await);
    assert_eq!(rows[0], "clocks disagree: only the wall comes to an end");
    assert!(rows[1].starts_with("  wall  is done after 1"), "{rows:?}");
    assert_eq!(rows[2..4], [format!("  note  {NOTE}"), String::new()]);
    assert_eq!(rows[4..], STALLED.map(|row| format!("  {row}")));
}

#[test]
fn futures_timer_beside_a_timer_of_tokios_is_found_out_on_the_wall() {
    let code = async || {
        if timeout(ms(500), Delay::new(ms(200))).await.is_err() {
            mark("late").await;
        }
    };
    // In virtual time the timeout is over before the other thread is done: longer than the
    // clock waits on suspicion.
    assert_pace!(makespan::run(code()), late.start: 500ms);
    let rows = told(code);
    assert_eq!(rows[0], "clocks disagree on late");
    assert_eq!(rows[1], "  virtual  +500ms to +500ms");
    assert_eq!(rows[2], "  wall     it does not run");
    assert_eq!(rows[3], format!("  note     {NOTE}"));
}

#[test]
fn governor_is_an_error_and_found_out_on_the_wall() {
    let code = async || {
        let quota = Quota::with_period(ms(50)).expect("some time").allow_burst(NonZeroU32::MIN);
        let limiter = RateLimiter::direct(quota);
        for _ in 0..3 {
            limiter.until_ready().await;
            mark("call").await;
        }
    };
    let error = makespan::try_run(code()).map(|_| ()).expect_err("it does not end");
    assert!(error.is_stalled(), "{error}");
    let rows = told(code);
    assert_eq!(rows[0], "clocks disagree: only the wall comes to an end");
    assert!(rows[1].starts_with("  wall  is done after 1"), "{rows:?}");
}

/// Loads what is not in the cache.
async fn cached() {
    let cache = Cache::builder().time_to_live(ms(50)).build();
    for _ in 0..2 {
        cache.get_with((), async { mark("load").await }).await;
        sleep(ms(100)).await;
    }
}

#[test]
fn moka_keeps_what_it_should_not_in_virtual_time() {
    // The law that it should keep fails, and does not say why.
    let run = makespan::run(cached());
    assert!(run.warnings().is_empty());
    assert_pace!(run, load.start: 0ms);
    let law = "load.start: 0ms, 100ms".parse::<Pace>().expect("it reads");
    assert!(law.verify(run.trace()).is_err());
}

#[test]
fn moka_is_found_out_on_the_wall() {
    let rows = told(cached);
    assert_eq!(rows[0], "clocks disagree on load");
    assert_eq!(rows[1], "  virtual  +0ms to +0ms");
    assert!(rows[2].starts_with("  wall     +") && rows[2].contains(", +"), "{rows:?}");
    assert_eq!(rows[3], format!("  note     {NOTE}"));
}
