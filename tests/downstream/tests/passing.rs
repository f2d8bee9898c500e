//! Assertions that hold, next to tests of other kinds.

use std::time::Duration;

use downstream::{Api, dashboard, one_by_one};
use makespan::{Checker, Runner, Timed, delay, law, scenario};
use makespan::{assert_law, assert_log, assert_makespan, assert_mutants_caught, assert_order};
use proptest::prelude::*;
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A fake whose latencies the test chooses.
struct FakeApi;

impl Api for FakeApi {
    async fn auth(&self) -> u32 {
        delay("auth").await;
        7
    }

    async fn profile(&self, user: u32) -> String {
        delay("profile").await;
        format!("user {user}")
    }

    async fn orders(&self, user: u32) -> Vec<u32> {
        delay("orders").await;
        vec![user]
    }
}

/// Another that sleeps, as a client does that was written without makespan.
struct SlowApi;

impl Api for SlowApi {
    async fn auth(&self) -> u32 {
        sleep(ms(20)).timed("auth").await;
        7
    }

    async fn profile(&self, user: u32) -> String {
        sleep(ms(50)).timed("profile").await;
        format!("user {user}")
    }

    async fn orders(&self, user: u32) -> Vec<u32> {
        sleep(ms(330)).timed("GET /orders").await;
        vec![user]
    }
}

#[test]
fn code_keeps_its_law() {
    assert_law!(dashboard(&FakeApi) => auth + max(profile, orders));
    assert_law!(one_by_one(&FakeApi) => auth + profile + orders);
}

#[test]
fn a_slip_of_the_pen_would_break_its_law() {
    assert_mutants_caught!(dashboard(&FakeApi) => auth + max(profile, orders));
}

#[test]
fn code_in_tasks_keeps_its_law() {
    assert_law!(
        async {
            let (a, b) = (tokio::spawn(delay("a")), tokio::spawn(delay("b")));
            a.await.and(b.await).expect("they do not panic");
        } => max(a, b)
    );
}

#[test]
fn a_checker_takes_more_than_the_defaults() -> Result<makespan::Coverage, makespan::Failure> {
    Checker::new()
        .cases(50)
        .latency("auth", ms(10)..=ms(50))
        .case([("auth", ms(10)), ("orders", ms(1))])
        .verify(async || dashboard(&FakeApi).await, &law!(auth + max(profile, orders)))
}

const PATIENCE: Duration = ms(50);

async fn patient(api: &impl Api) {
    let _ = tokio::time::timeout(PATIENCE, api.auth()).await;
}

#[test]
fn an_assertion_takes_a_checker_and_constants() {
    let checker = Checker::new().cases(50).latency("auth", ms(10)..);
    assert_law!(checker, patient(&FakeApi) => min(auth, {PATIENCE}));
    assert_law!(&checker, patient(&FakeApi) => min(auth, {PATIENCE}),);
    assert_mutants_caught!(Checker::new(), patient(&FakeApi) => min(auth, {PATIENCE}));
}

#[test]
fn one_run_in_a_plain_test() -> Result<(), makespan::Error> {
    let runner = Runner::new().latency("auth", ms(20)).latency("profile", ms(50));
    let run = runner.latency("orders", ms(330)).run(dashboard(&FakeApi))?;
    assert_eq!(run.output, ("user 7".to_owned(), vec![7]));
    assert_makespan!(run, 350ms);
    assert_law!(run, auth + max(profile, orders));
    assert_order!(run, auth.finish <= profile.start, profile.start < orders.finish);
    Ok(())
}

#[tokio::test]
async fn a_plain_tokio_test() {
    // Outside of a run a name changes nothing.
    assert_eq!(async { 1 }.timed("one").await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_recorded_in_a_paused_tokio_test() {
    let run = makespan::record(dashboard(&SlowApi)).await;
    assert_makespan!(run, ms(350));
    assert_law!(run, auth + max(profile, "GET /orders"));
    assert_log!(
        run,
        "+0ms auth starts",
        "+20ms auth finishes",
        "+20ms profile starts",
        "+20ms \"GET /orders\" starts",
        "+70ms profile finishes",
        "+350ms \"GET /orders\" finishes",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_scenario_is_predicted(scenario in makespan::strategy::scenarios()) {
        scenario.verify()?;
    }

    #[test]
    fn a_run_of_any_latencies(profile in 0..10_000_u64, orders in 0..10_000_u64) {
        let runner = Runner::new().latency("auth", ms(5));
        let runner = runner.latency("profile", ms(profile)).latency("orders", ms(orders));
        let run = runner.run(dashboard(&FakeApi))?;
        assert_makespan!(run, ms(5 + profile.max(orders)));
    }
}

#[test]
fn a_scenario_is_verified() -> Result<(), makespan::Failure> {
    let verified = scenario!(seq(auth: 20ms, spawn(profile: 50ms, orders: 330ms))).verify()?;
    assert_eq!(verified.makespan(), ms(350));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fake_serves_an_ordinary_test() {
    // Outside of any run its delays take no time.
    let began = tokio::time::Instant::now();
    dashboard(&FakeApi).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
}
