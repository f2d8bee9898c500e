//! Recorded runs that do not end: less is known of somebody's runtime, and it is told.

use std::future::pending;
use std::time::Duration;

use makespan::{Error, Runner, Timed, delay};
use tokio::time::{Instant, interval, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The error of a recorded run that did not end, as text.
async fn unended<F: Future>(runner: Runner, future: F) -> String {
    let error: Error = runner.record(future).await.err().expect("it does not end");
    assert!(error.is_past_virtual_limit() || error.is_past_wall_limit());
    error.to_string()
}

/// A runner that gives up after 300 ms of real time, and far later than that in virtual time.
fn impatient() -> Runner {
    Runner::new().wall_limit(ms(300)).virtual_limit(Duration::from_secs(700 * 86_400))
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_is_given_up_at_its_virtual_limit() {
    let error = makespan::try_record(pending::<()>().timed("reply")).await;
    assert_eq!(
        error.expect_err("it does not end").to_string(),
        "not done at the virtual limit of 1d, and nothing ticks on: stalled, or asleep\n  \
         unfinished: reply since +0ms"
    );
}

#[tokio::test(start_paused = true)]
async fn ticking_is_told_from_a_stall() {
    for period in [ms(1), ms(70), ms(10_000), ms(3_600_000), ms(30 * 3_600_000)] {
        let told = unended(Runner::new().virtual_limit(ms(1_000)), async move {
            let mut ticks = interval(period);
            let ticking = async move {
                loop {
                    ticks.tick().await;
                }
            };
            tokio::spawn(ticking);
            pending::<()>().timed("reply").await;
        });
        let told = told.await;
        let expected = "still ticking past the virtual limit of 1s\n  unfinished: reply since +0ms";
        assert!(told.starts_with(expected), "{period:?}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stall_is_told_wherever_the_timer_wheel_stands() {
    for before in [0, 1, 63, 64, 4_095, 4_097, 262_145, 1_000_003] {
        sleep(ms(before)).await;
        let told = unended(Runner::new(), pending::<()>()).await;
        assert_eq!(
            told,
            "not done at the virtual limit of 1d, and nothing ticks on: stalled, or asleep"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn past_the_wall_limit_it_is_known_how_the_time_was_spent() {
    let told = unended(impatient(), async {
        loop {
            tokio::task::yield_now().await;
        }
    });
    assert!(told.await.starts_with("livelock at +0ms: polled for 300ms"));

    let told = unended(impatient(), async {
        loop {
            sleep(ms(1)).await;
        }
    });
    assert!(told.await.starts_with("still ticking after 300ms of real time, at +"));

    let told = unended(impatient(), async {
        let ticking = tokio::spawn(async {
            loop {
                sleep(ms(1)).await;
            }
        });
        ticking.await
    });
    let told = told.await;
    assert!(told.starts_with("still ticking after 300ms of real time, at +"), "{told}");
    assert!(!told.contains("note:"), "nobody moved the clock by hand: {told}");
}

#[tokio::test(start_paused = true)]
async fn past_the_wall_limit_a_blocking_task_is_outside() {
    let told = unended(impatient(), async {
        #[expect(clippy::disallowed_methods, reason = "that is what is to be noticed")]
        let work = || std::thread::sleep(ms(900));
        tokio::task::spawn_blocking(work).timed("hash").await
    });
    assert_eq!(
        told.await,
        "waiting for the outside world at +0ms: nothing was polled for 300ms of real time (a \
         blocking task, another thread or a socket)\n  unfinished: hash since +0ms"
    );
}

#[tokio::test(start_paused = true)]
async fn what_ends_it_wakes_whoever_awaits_it() {
    let recorded = Runner::new().record(async {
        tokio::spawn(async {
            sleep(ms(5)).await;
            delay("unset").await;
        });
        pending::<()>().await;
    });
    let mut recorded = Box::pin(recorded);
    assert!(tokio_test::task::spawn(recorded.as_mut()).poll().is_pending());
    let began = Instant::now();
    assert!(recorded.await.expect_err("it has no latency").is_latency());
    assert_eq!(began.elapsed(), ms(5));
}

#[tokio::test]
async fn on_a_wall_clock_it_is_woken_whoever_awaits_it() {
    // Polled by one task first, and then by another.
    let recorded = Runner::wall(ms(100)).wall_limit(ms(2_000)).record(sleep(ms(20)));
    let mut recorded = Box::pin(recorded);
    assert!(tokio_test::task::spawn(recorded.as_mut()).poll().is_pending());
    let recorded = recorded.await;
    assert!(recorded.is_ok_and(|run| run.makespan() >= ms(20)));
}
