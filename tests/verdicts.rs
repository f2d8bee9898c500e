//! What a check of a law says where something stands in its way: limits, ticks, machines
//! that are slow for a while, names that match nothing, panics, kept state.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use makespan::{Checker, Coverage, Failure, Law, Runner, Timed, assert_law, delay, infer, law};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::again::again;
use crate::large::large;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn checker() -> Checker {
    Checker::new().without_seeds()
}

fn check<F: AsyncFn() -> T, T>(code: F, law: &Law) -> Result<Coverage, Failure> {
    checker().verify(code, law)
}

/// Ticks in the background for as long as the run lasts.
fn tick_in_the_background(period: u64) {
    tokio::spawn(async move {
        let mut ticks = interval(ms(period));
        loop {
            ticks.tick().await;
        }
    });
}

/// Waits for a delay, and ticks meanwhile.
async fn tick_while(period: u64, name: &str) {
    let mut work = std::pin::pin!(delay(name));
    let mut ticks = interval(ms(period));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            () = &mut work => return,
            _ = ticks.tick() => {}
        }
    }
}

const PERIODS: [u64; 3] = [1, 10, 100];

#[test]
fn correct_code_that_ticks_is_accepted() {
    for period in PERIODS {
        let background = async || {
            tick_in_the_background(period);
            delay("a").await;
            delay("call").await;
        };
        let coverage = check(background, &law!(a + call)).expect("it is correct");
        assert!(coverage.runs() > 256, "{period}: {coverage}");
        assert_eq!(coverage.not_judged(), 0, "{period}: {coverage}");
        let coverage = check(|| tick_while(period, "work"), &law!(work));
        let coverage = coverage.expect("it is correct");
        // What was not covered is said, and what to do.
        let notes: Vec<_> = coverage.notes().collect();
        let [note] = notes[..] else { panic!("{period}: {coverage}") };
        assert!(note.starts_with("latencies above "), "{note}");
        assert!(note.contains("`.latency(..)`") && note.contains("`.wall_limit(..)`"), "{note}");
    }
}

#[test]
fn the_note_of_code_that_ticks_is_the_same_every_time() {
    // Which latencies are drawn is chance, but for their range.
    let code = || tick_while(10, "work");
    let check = || checker().cases(0).budget(0).case([("work", ms(500))]).verify(code, &law!(work));
    let (one, two) = (check().expect("it holds"), check().expect("it holds"));
    assert_eq!(one, two);
    assert_eq!(one.to_string(), "holds, 1 run; budget: nothing was explored");
}

#[test]
fn faults_beside_a_ticker_are_found() {
    for period in PERIODS {
        let one_by_one = async || {
            tick_in_the_background(period);
            delay("profile").await;
            delay("orders").await;
        };
        let text = check(one_by_one, &law!(max(profile, orders))).expect_err("a sum").to_string();
        assert!(text.starts_with("timing law broken\n"), "{text}");
        assert!(text.contains("profile = 1ms, orders = 1ms"), "{text}");
        let behind_half_a_second = async || {
            let began = Instant::now();
            tick_while(period, "work").await;
            if began.elapsed() > ms(500) {
                sleep(ms(1)).await;
            }
        };
        let text = check(behind_half_a_second, &law!(work)).expect_err("a fault").to_string();
        assert!(text.contains("work = 501ms"), "{period}: {text}");
    }
}

#[test]
fn code_that_ticks_on_behind_its_end_by_the_law_overruns_it() {
    let endless = async || {
        delay("a").await;
        let mut ticks = interval(ms(10));
        loop {
            ticks.tick().await;
        }
    };
    let text = check(endless, &law!(a + 3ms)).expect_err("it never ends").to_string();
    let expected = "timing law overrun\n  \
                      law       a + 3ms\n  \
                      when      a = 0ms     (smallest of ";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("\n  expected  +3ms\n  actual    still running at +"), "{text}");
    assert!(text.contains("\n  still ticking at +"), "{text}");
}

#[test]
fn code_that_ticks_for_longer_than_any_case_may_is_not_judged() {
    // Behind a million ticks nobody knows what `sum(a)` would be.
    let endless = async || loop {
        delay("a").await;
        sleep(ms(1)).await;
    };
    let text = check(endless, &law!(sum(a))).expect_err("it never ends").to_string();
    assert!(text.starts_with("timing law not judged\n  law   sum(a)\n"), "{text}");
    assert!(text.contains("still ticking at +") && text.contains("`.latency(..)`"), "{text}");
    assert!(text.contains("`.wall_limit(..)`"), "{text}");
}

#[test]
fn latencies_that_need_more_ticks_than_there_are_can_be_allowed() {
    let hours = Duration::from_secs(3_600)..=Duration::from_secs(3_601);
    let code = || tick_while(100, "work");
    let few = checker().cases(4).latency("work", hours.clone());
    let text = few.verify(code, &law!(work)).expect_err("36,000 ticks each").to_string();
    assert!(text.starts_with("timing law not judged"), "{text}");
    let coverage = few.wall_limit(Duration::from_secs(1_000)).verify(code, &law!(work));
    assert_eq!(coverage.expect("it holds").not_judged(), 0);
}

#[test]
fn a_hiccup_of_the_machine_changes_no_verdict() {
    for check in 0..large(30) {
        let has_slept = Cell::new(false);
        let code = async || {
            if !has_slept.replace(true) {
                #[expect(clippy::disallowed_methods, reason = "it is real time that is spent")]
                std::thread::sleep(ms(210));
            }
            let began = Instant::now();
            let slow = async |name: &'static str| {
                delay(name).await;
                began.elapsed() > Duration::from_secs(100)
            };
            let (one, two) = tokio::join!(slow("one"), slow("two"));
            if one && two {
                sleep(ms(1)).await;
            }
        };
        let verdict = checker().verify(code, &law!(max(one, two)));
        assert!(verdict.is_err(), "check {check}: {verdict:?}");
    }
}

#[test]
fn a_check_where_nothing_varies_is_an_error() {
    let code = async || {
        tokio::join!(sleep(ms(20)).timed("a"), sleep(ms(50)).timed("b"));
    };
    let failure = check(code, &law!(b)).expect_err("it is one run, over and over");
    assert!(failure.error().is_some_and(|error| error.is_undecided()), "{failure}");
    assert_eq!(
        failure.to_string(),
        "timing law not judged\n  \
           law  b\n\n  \
           no `delay` ran, so nothing could be varied: one set of latencies was tried; write \
           `assert_law!(makespan::run(..), ..)` to hold one run to a law, or put a `delay(..)` \
           into the fakes that the code calls"
    );
    // A wrong law is broken all the same, and a law without steps claims nothing of latencies.
    let text = check(code, &law!(a)).expect_err("it takes 50 ms").to_string();
    assert!(text.starts_with("timing law broken"), "{text}");
    assert_eq!(check(code, &law!(50ms)).expect("it does").not_judged(), 0);
}

#[test]
fn a_law_that_is_found_where_nothing_varies_says_so() {
    let found = infer(async || sleep(ms(3)).await).expect("a law");
    assert_eq!(found.to_string(), "3ms");
    assert_eq!(format!("{found:#}"), "3ms (nothing was varied: no `delay` ran)");
}

#[test]
fn a_latency_of_a_name_that_matches_nothing_is_an_error() {
    let text = |name: &str| {
        let code = async || {
            async { delay("work").await }.timed("named").await;
            delay("attempt").await;
        };
        let checker = checker().cases(8).latency(name, ..=ms(5));
        match checker.verify(code, &law!(work + attempt)) {
            Ok(_) => "holds".to_owned(),
            Err(failure) => {
                assert!(failure.error().is_some_and(|error| error.is_unknown_name()));
                failure.to_string()
            }
        }
    };
    for right in ["work", "work[0]", "attempt"] {
        assert_eq!(text(right), "holds");
    }
    assert_eq!(
        text("wrok"),
        "a latency has no effect\n  \
           law  work + attempt\n\n  \
           no step called `wrok` ran; did you mean `work`? (what ran: named, work, attempt)"
    );
    assert!(text("attempt[1]").ends_with("`attempt` ran once, as `attempt[0]`"));
    assert!(
        text("named").ends_with(
            "`named` is no `delay`: it is a named future or a span, which takes as long as what \
             is inside it; set the latency of a `delay` in it"
        ),
        "{}",
        text("named")
    );
}

#[test]
fn a_latency_of_a_runner_that_matches_nothing_is_an_error() {
    let code = async || {
        async { delay("work").await }.timed("named").await;
        delay("attempt").await;
    };
    let runner = || Runner::new().latency("attempt", ms(7));
    let text = |runner: Runner| runner.run(code()).expect_err("a mistake").to_string();
    assert_eq!(
        text(runner().latency("wrok", ms(5))),
        "`delay(\"work\")` has no latency in this run; one was set for `wrok`, which did not run; \
         give it one with `Runner::new().latency(\"work\", ..)`, or let \
         `assert_law!(future => law)` try every one"
    );
    let named = text(runner().latency("work", ms(5)).latency("named", ms(5)));
    assert!(named.starts_with("`named` is no `delay`: it is a named future or a span"), "{named}");
    let near = runner().default_latency(ms(5)).latency("wrok", ms(9));
    assert_eq!(text(near), "no step called `wrok` ran; did you mean `work`? (what ran: work)");
    // A step that this run does not reach may well have a latency.
    let run = runner().latency("work", ms(5)).latency("fallback", ms(9)).run(code());
    assert_eq!(run.expect("it ends").makespan(), ms(12));
}

#[test]
fn a_pinned_latency_of_a_named_future_is_an_error() {
    let code = async || async { delay("work").await }.timed("named").await;
    let checker = checker().cases(8).case([("named", ms(5))]);
    let text = checker.verify(code, &law!(work)).expect_err("it pins nothing").to_string();
    assert!(text.starts_with("timing law not tried on a pinned case\n"), "{text}");
    assert!(text.contains("`named` is no `delay`"), "{text}");
}

#[test]
fn a_law_of_more_than_a_day_holds() {
    let week = async || {
        delay("a").await;
        sleep(Duration::from_secs(7 * 86_400)).await;
    };
    check(week, &law!(a + 7d)).expect("the limit is for what exceeds the law");
    check(week, &law!(a + 7 * (12h + 12h))).expect("a constant counts as often as it is added");
    let text = check(week, &law!(a + 8d)).expect_err("a day less").to_string();
    assert!(text.starts_with("timing law broken"), "{text}");
}

#[test]
fn state_that_is_kept_between_cases_is_named() {
    let is_connected = Cell::new(false);
    let code = async || {
        if !is_connected.replace(true) {
            delay("connect").await;
        }
        delay("query").await;
    };
    let text = check(code, &law!(connect + query)).expect_err("once is not always").to_string();
    assert!(
        text.contains(
            "\n  note      `connect` ran in other cases but not in this one, and no more in the \
             first of them when that was run again: is state kept between cases?\n"
        ),
        "{text}"
    );
    assert!(!text.contains("nothing waits for"), "{text}");
    // A step that some latencies skip is no state.
    let skips = async || {
        let began = Instant::now();
        delay("quote").await;
        if began.elapsed() > ms(5) {
            delay("cache").await;
        }
    };
    let text = check(skips, &law!(quote + cache)).expect_err("not always").to_string();
    assert!(!text.contains("is state kept"), "{text}");
}

#[test]
fn a_detached_task_that_panics_is_a_note() {
    const NAME: &str = "verdicts::a_detached_task_that_panics_is_a_note";
    const CHILD: &str = "VERDICTS_DETACHED";
    let code = async || {
        tokio::spawn(async { panic!("nobody sees me") });
        delay("a").await;
    };
    if std::env::var_os(CHILD).is_some() {
        assert_law!(code() => a);
        return;
    }
    // Where nothing takes time the run is over before the task is polled.
    let checker = checker().latency("a", ms(1)..);
    let coverage = checker.verify(code, &law!(a)).expect("the rest of it holds");
    let notes: Vec<_> = coverage.notes().collect();
    let [note] = notes[..] else { panic!("{coverage}") };
    let runs = note.rsplit("(in ").next().unwrap_or_default();
    assert!(note.starts_with("a spawned task panicked: nobody sees me, at tests/verdicts.rs:"));
    let runs: Vec<_> = runs.trim_end_matches(" runs)").split(" of ").collect();
    assert_eq!(runs[0], runs[1], "{note}");
    let text = check(code, &law!(2 * a)).expect_err("not twice").to_string();
    assert!(text.contains("\n  note      a spawned task panicked: nobody sees me"), "{text}");
    // The assertion prints it once.
    let (is_well, output) = again(NAME, [(CHILD, "".as_ref())]);
    assert!(is_well, "{output}");
    assert_eq!(output.matches("nobody sees me").count(), 1, "{output}");
    assert!(output.contains("makespan: code(): a spawned task panicked"), "{output}");
}

#[test]
fn a_panic_in_the_code_is_printed_once_with_latencies_picture_and_pin() {
    const NAME: &str =
        "verdicts::a_panic_in_the_code_is_printed_once_with_latencies_picture_and_pin";
    const CHILD: &str = "VERDICTS_PANIC";
    let code = async || {
        let began = Instant::now();
        delay("call").await;
        assert!(began.elapsed() < ms(700), "too slow");
    };
    if std::env::var_os(CHILD).is_some() {
        let _ = check(code, &law!(call));
        return;
    }
    let (is_well, output) = again(NAME, [(CHILD, "".as_ref()), ("RUST_BACKTRACE", "0".as_ref())]);
    assert!(!is_well);
    assert_eq!(output.matches("too slow").count(), 1, "{output}");
    let report = output.find("makespan: the code panicked when call = 700ms\n");
    let report = &output[report.unwrap_or_else(|| panic!("{output}"))..];
    assert!(report.contains("\n  panic  too slow, at tests/verdicts.rs:"), "{report}");
    assert!(report.contains("\n  law    call\n"), "{report}");
    assert!(report.contains("┝━━━"), "{report}");
    let pin = "to pin it: Checker::new().case([(\"call\", Duration::from_millis(700))])";
    assert!(report.contains(pin), "{report}");
    // To the caller it goes as it is.
    let panic = catch_unwind(AssertUnwindSafe(|| check(code, &law!(call)))).expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"too slow"));
}

#[test]
fn a_panic_before_any_delay_says_so() {
    const NAME: &str = "verdicts::a_panic_before_any_delay_says_so";
    const CHILD: &str = "VERDICTS_PANIC_FIRST";
    if std::env::var_os(CHILD).is_some() {
        let _ = check(async || panic!("at once"), &law!(call));
        return;
    }
    let (is_well, output) = again(NAME, [(CHILD, "".as_ref())]);
    assert!(!is_well);
    assert!(output.contains("makespan: the code panicked when no delay had run\n"), "{output}");
}

#[test]
fn a_panic_of_a_task_is_a_warning_of_its_run() {
    let run = Runner::new().latency("a", ms(5)).run(async {
        let task = tokio::spawn(async { std::panic::resume_unwind(Box::new(7)) });
        let _: Result<(), _> = task.await;
        delay("a").await;
    });
    // A panic that goes on from elsewhere passes no hook, and is no news.
    assert_eq!(run.expect("it ends").warnings(), []);
}
