//! What is claimed of one run needs no feature.

use std::time::Duration;

use makespan::{Runner, Timed, assert_law, assert_log, assert_makespan, assert_order, delay};
use tokio::time::sleep;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

async fn dashboard() {
    sleep(ms(20)).timed("auth").await;
    tokio::join!(sleep(ms(50)).timed("profile"), sleep(ms(330)).timed("orders"));
}

#[test]
fn a_run() {
    let run = makespan::run(dashboard());
    assert_makespan!(run, 350ms);
    assert_law!(run, auth + max(profile, orders));
    assert_order!(run, auth.finish == profile.start, profile.finish < orders.finish);
    assert_log!(
        run,
        "+0ms auth starts
         +20ms auth finishes
         +20ms orders starts
         +20ms profile starts
         +70ms profile finishes
         +350ms orders finishes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run() {
    let run = makespan::record(dashboard()).await;
    assert_law!(run, auth + max(profile, orders));
}

#[test]
fn a_run_of_delays() -> Result<(), makespan::Error> {
    let run = Runner::new().latency("page", ms(10)).run(async {
        for _ in 0..3 {
            delay("page").await;
        }
    })?;
    assert_law!(run, sum(page));
    Ok(())
}

#[test]
fn a_scenario_is_verified() -> Result<(), makespan::Failure> {
    makespan::scenario!(spawn(profile: 2s, orders: 1s)).verify().map(|_| ())
}

#[cfg(feature = "generated")]
#[test]
fn any_run() {
    assert_law!(dashboard() => auth + max(profile, orders));
    makespan::assert_mutants_caught!(dashboard() => auth + max(profile, orders));
    assert_law!(checker, dashboard() => auth + max(profile, orders));
    makespan::assert_mutants_caught!(checker, dashboard() => auth + max(profile, orders));
}
