//! Assertions that fail, each in another way. `check` holds what they say, and at
//! which line, to `expected`.

use std::time::Duration;

use makespan::{Checker, Runner, Timed, delay, law, scenario};
use makespan::{assert_law, assert_log, assert_makespan, assert_mutants_caught, assert_order};
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn one_by_one() {
    delay("auth").await;
    delay("profile").await;
    delay("orders").await;
}

/// A run that takes 20 + 50 + 330 = 400 ms.
fn run() -> makespan::Run<()> {
    let runner = Runner::new().latency("auth", ms(20)).latency("profile", ms(50));
    runner.latency("orders", ms(330)).run(one_by_one()).expect("it ends")
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_code() {
    assert_law!(one_by_one() => auth + max(profile, orders));
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_a_block() {
    assert_law!(
        async {
            for _ in 0..2 {
                delay("page").await;
            }
        } => max(page)
    );
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_a_name_that_never_ran() {
    assert_law!(one_by_one() => auth + max(profile, order));
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_a_name_that_ran_twice() {
    assert_law!(async { tokio::join!(delay("page"), delay("page")) } => page);
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_code_that_never_ends() {
    assert_law!(
        async {
            delay("request").await;
            std::future::pending::<()>().timed("reply").await;
        } => request
    );
}

#[test]
#[ignore = "fails on purpose"]
#[should_panic(expected = "out of stock")]
fn a_panic_goes_through() {
    // The one test in this file that passes: the panic is that of the code.
    assert_law!(
        async {
            delay("stock").await;
            panic!("out of stock");
        } => stock
    );
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_code_with_a_checker() {
    let checker = Checker::new().latency("auth", ms(10)..=ms(50));
    assert_law!(checker, one_by_one() => auth + max(profile, orders));
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_that_is_too_weak_with_a_checker() {
    let checker = Checker::new().latency("page", ..=ms(10));
    assert_mutants_caught!(&checker, async { delay("page").await } => max(page));
}

#[test]
#[ignore = "fails on purpose"]
fn a_pinned_case() -> Result<makespan::Coverage, makespan::Failure> {
    Checker::new()
        .case([("profile", ms(1)), ("orders", ms(1))])
        .verify(one_by_one, &law!(auth + max(profile, orders)))
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        assert_law!(one_by_one() => auth + profile + orders);
    });
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_of_a_run() {
    assert_law!(run(), auth + max(profile, orders));
}

#[test]
#[ignore = "fails on purpose"]
fn a_makespan() {
    assert_makespan!(run(), 350ms);
}

#[test]
#[ignore = "fails on purpose"]
fn an_order() {
    assert_order!(run(), auth.finish <= profile.start, orders.start < profile.finish);
}

#[test]
#[ignore = "fails on purpose"]
fn a_log() {
    assert_log!(
        run(),
        "+0ms auth starts",
        "+20ms auth finishes",
        "+20ms profile starts",
        "+20ms orders starts",
        "+70ms profile finishes",
        "+350ms orders finishes",
    );
}

#[test]
#[ignore = "fails on purpose"]
fn a_scenario() -> Result<(), makespan::Failure> {
    let meant = scenario!(spawn(a: 2ms, b: 1ms));
    let actual = scenario!(seq(a: 2ms, b: 1ms)).run()?;
    meant.verify_trace(actual).map(|_| ())
}

#[test]
#[ignore = "fails on purpose"]
fn a_delay_without_a_latency() {
    makespan::run(delay("auth"));
}

#[tokio::test]
#[ignore = "fails on purpose"]
async fn a_record_on_a_clock_that_is_not_paused() {
    makespan::record(sleep(ms(1))).await;
}

#[test]
#[ignore = "fails on purpose"]
fn a_law_that_is_too_weak() {
    assert_mutants_caught!(async { delay("page").await } => max(page));
}
