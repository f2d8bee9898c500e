//! Code held to both clocks.

use std::cell::Cell;
use std::time::Duration;

use makespan::{Runner, Timed, delay};
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// More than a busy machine delays a step.
fn runner() -> Runner {
    Runner::wall(Duration::from_secs(5))
}

const NOTE: &str = "something asks a clock that is not tokio's: std's, or that of a crate with \
                    timers or a time to live of its own";

#[test]
fn code_that_asks_no_other_clock_does_the_same_on_both() {
    let code = async || {
        sleep(ms(5)).timed("a").await;
        tokio::select! {
            () = delay("b") => {}
            () = sleep(ms(5_000)).timed("c") => {}
        }
        tokio::spawn(std::future::pending::<()>().timed("left open"));
        tokio::task::yield_now().await;
        7
    };
    let runner = runner().latency("b", ms(5));
    let run = runner.verify_clocks(code).expect("they agree");
    assert_eq!(run.output, 7);
    makespan::assert_makespan!(run, 10ms); // it is the run in virtual time
}

#[test]
#[expect(clippy::disallowed_types, reason = "the clock that is to be found out")]
fn a_time_to_live_by_another_clock_is_found_out() {
    let code = async || {
        let loaded = std::time::Instant::now();
        async {}.timed("load").await;
        sleep(ms(40)).timed("use").await;
        if loaded.elapsed() >= ms(40) {
            async {}.timed("load").await;
        }
    };
    let text = runner().verify_clocks(code).expect_err("they disagree").to_string();
    let rows: Vec<_> = text.lines().collect();
    assert_eq!(rows[0], "clocks disagree on load");
    assert_eq!(rows[1], "  virtual  +0ms to +0ms");
    assert!(rows[2].starts_with("  wall     +") && rows[2].contains(", +"), "{text}");
    assert_eq!(rows[3], format!("  note     {NOTE}"));
    assert_eq!(rows[4], "");
    assert!(rows[5].starts_with("  load") && rows[6].starts_with("  use "), "{text}");
}

#[test]
fn a_step_that_takes_longer_on_one_of_them_is_found_out() {
    // The first of the runs is that in virtual time, whatever the machine has to do.
    let is_virtual = Cell::new(true);
    let code = async || {
        let rest = if is_virtual.replace(false) { ms(60_000) } else { ms(0) };
        sleep(ms(20) + rest).timed("look").await;
    };
    let text = runner().verify_clocks(code).expect_err("they disagree").to_string();
    let found = "clocks disagree on look\n  virtual  +0ms to +60020ms\n  wall     +";
    assert!(text.starts_with(found), "{text}");
}

#[test]
fn a_timer_of_another_thread_is_found_out() {
    let code = async || {
        let (tell, told) = tokio::sync::oneshot::channel();
        let timer = std::thread::spawn(move || {
            #[expect(clippy::disallowed_methods, reason = "the clock that is to be found out")]
            std::thread::sleep(ms(100));
            tell.send(())
        });
        told.timed("reply").await.expect("an answer");
        timer.join().expect("no panic").expect("it was waited for");
    };
    let text = runner().verify_clocks(code).expect_err("they disagree").to_string();
    let rows: Vec<_> = text.lines().collect();
    assert_eq!(rows[0], "clocks disagree: only the wall comes to an end");
    assert!(rows[1].starts_with("  wall  is done after 1"), "{text}");
    assert_eq!(rows[2], format!("  note  {NOTE}"));
    assert_eq!(rows[4], "  stalled at +0ms: nothing can run, and no timer of tokio's is left");
    assert_eq!(rows[5], "    unfinished: reply since +0ms");
    assert_eq!(rows.len(), 6);
}

#[test]
fn a_makespan_alone_may_give_it_away() {
    #[expect(clippy::disallowed_types, reason = "the clock that is to be found out")]
    let code = async || {
        let began = std::time::Instant::now();
        sleep(ms(20)).await;
        sleep(if began.elapsed() < ms(20) { ms(60_000) } else { ms(0) }).await;
    };
    let text = runner().verify_clocks(code).expect_err("they disagree").to_string();
    assert!(text.starts_with("clocks disagree on the makespan\n  virtual  +60020ms\n  wall     +"));
}

#[test]
fn what_is_wrong_on_either_clock_is_told_as_it_is() {
    let unset = runner().verify_clocks(async || delay("a").await);
    assert!(unset.expect_err("no latency").error().expect("an error").is_latency());
    let is_asked = Cell::new(false);
    let once = runner().verify_clocks(async || {
        if !is_asked.replace(true) {
            delay("a").await;
        }
    });
    assert!(once.expect_err("no latency").to_string().starts_with("`delay(\"a\")` has no latency"));
    let both = runner().wall_limit(ms(50)).verify_clocks(std::future::pending::<()>);
    assert!(both.expect_err("it never ends").error().expect("an error").is_past_wall_limit());
}

#[test]
#[should_panic = "both clocks need a tolerance"]
fn a_virtual_runner_has_no_tolerance() {
    let _ = Runner::new().verify_clocks(async || ());
}
