//! What an error is, as callers ask it.

use std::cell::Cell;
use std::time::Duration;

use makespan::{Checker, Error, Law, Runner, Scenario, delay, infer, law};
use tokio::time::sleep;

const MS: Duration = Duration::from_millis(1);

/// What it is called here, and how an error is asked it.
type Question = (&'static str, fn(&Error) -> bool);

/// Every question that an error answers with yes.
fn answers(error: &Error) -> Vec<&'static str> {
    let questions: [Question; 13] = [
        ("notation", Error::is_notation),
        ("scenario", Error::is_scenario),
        ("unknown name", Error::is_unknown_name),
        ("undecided", Error::is_undecided),
        ("evaluation", Error::is_evaluation),
        ("misplaced", Error::is_misplaced),
        ("latency", Error::is_latency),
        ("lawless", Error::is_lawless),
        ("flaky", Error::is_flaky),
        ("stalled", Error::is_stalled),
        ("past virtual limit", Error::is_past_virtual_limit),
        ("past wall limit", Error::is_past_wall_limit),
        ("waiting outside", Error::is_waiting_outside),
    ];
    let yes = questions.into_iter().filter(|(_, is)| is(error));
    yes.map(|(question, _)| question).collect()
}

/// The error of a law that could not be judged.
fn unjudged<F: AsyncFn() -> T, T>(code: F, law: &Law) -> Error {
    let checker = Checker::new().without_seeds();
    let failure = checker.verify(code, law).expect_err("it cannot be judged");
    failure.error().expect("an error").clone()
}

#[test]
fn an_error_is_of_one_kind_and_of_no_other() {
    let error = "seq(a: 1ms".parse::<Scenario>().expect_err("it is not closed");
    assert_eq!(answers(&error), ["notation"]);

    let error = Scenario::raced([]).run().expect_err("it never ends");
    assert_eq!(answers(&error), ["scenario"]);

    let error = unjudged(async || delay("auth").await, &law!(auht));
    assert_eq!(answers(&error), ["unknown name"]);

    let error = law!(a + b).evaluate(|_| None).expect_err("they have no latencies");
    assert_eq!(answers(&error), ["evaluation"]);

    let error = Runner::new().run(delay("a")).expect_err("it has no latency");
    assert_eq!(answers(&error), ["latency"]);

    let error = infer(async || {
        delay("a").await;
        // As many ticks more as there are sevens in it: no law speaks of that.
        let took = tokio::time::Instant::now();
        delay("b").await;
        let sevens = u32::try_from(took.elapsed().as_millis() / 7).expect("a few");
        sleep(MS * sevens).await;
    })
    .expect_err("no law");
    assert_eq!(answers(&error), ["lawless"]);

    let calls = Cell::new(0);
    let once = async || {
        calls.set(calls.get() + 1);
        delay("a").await;
        if calls.get() == 30 {
            sleep(MS).await;
        }
    };
    assert_eq!(answers(&unjudged(once, &law!(a))), ["flaky"]);
}

#[test]
fn an_error_of_a_run_that_did_not_end_says_how_it_stood() {
    let inside = Runner::new().run(async { Scenario::step("a", MS).run() }).expect("it ends");
    assert_eq!(answers(&inside.output.expect_err("a runtime in a runtime")), ["misplaced"]);

    let error = Runner::new().run(std::future::pending::<()>()).expect_err("it never ends");
    assert_eq!(answers(&error), ["stalled"]);

    let runner = Runner::new().virtual_limit(5 * MS);
    let error = runner.run(async { sleep(9 * MS).await }).expect_err("it takes longer");
    assert_eq!(answers(&error), ["past virtual limit"]);

    let livelock = async {
        loop {
            tokio::task::yield_now().await;
        }
    };
    let runner = Runner::new().wall_limit(50 * MS);
    let error = runner.run(livelock).expect_err("it never ends");
    assert_eq!(answers(&error), ["past wall limit"]);
}

#[test]
fn a_claim_that_nothing_can_decide_is_an_error_of_its_own() {
    let trace = makespan::scenario!(race(a: 1ms, b: 2ms)).run().expect("it runs");
    let failure = "b.finish <= a.finish".parse::<makespan::Order>().expect("it reads");
    let failure = failure.verify(&trace).expect_err("`b` never finishes");
    assert_eq!(answers(failure.error().expect("an error")), ["undecided"]);
}
