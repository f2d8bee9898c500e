//! How the clock counts, and who goes by it.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, LocalOptions};
use tokio::time::{Instant, sleep, timeout};

use super::{DAY, YEAR, fact, ms, took, us};

/// A step of whole milliseconds counts as it is, in the oracle and in laws.
#[tokio::test(start_paused = true)]
async fn a_sleep_of_whole_milliseconds_is_exact() {
    let mut times = Vec::new();
    let sleeps = [ms(1), ms(2), ms(63), ms(64), ms(65), ms(4_097), ms(999_999), DAY, YEAR];
    for duration in sleeps {
        times.push(took(sleep(duration)).await);
    }
    fact!(times, sleeps);
}

/// The oracle counts a tick for every millisecond that has begun.
#[tokio::test(start_paused = true)]
async fn a_sleep_of_a_nanosecond_takes_a_tick() {
    fact!(took(sleep(Duration::from_nanos(1))).await, ms(1));
}

/// A constant of a law is rounded up, as a timer is.
#[tokio::test(start_paused = true)]
async fn a_sleep_rounds_up_to_the_next_tick() {
    let sleeps = [us(1_001), us(1_999), us(200_000) + Duration::from_nanos(3)];
    let mut times = Vec::new();
    for duration in sleeps {
        times.push(took(sleep(duration)).await);
    }
    fact!(times, [ms(2), ms(2), ms(201)]);
}

/// A law rounds each constant by itself, never their sum (tokio #6866).
#[tokio::test(start_paused = true)]
async fn two_sleeps_of_half_a_tick_take_two_ticks() {
    let both = async {
        sleep(us(500)).await;
        sleep(us(500)).await;
    };
    fact!(took(both).await, ms(2));
}

/// A step of no time does not suspend, in the oracle; `record` knows by it that the
/// clock is on the tick.
#[tokio::test(start_paused = true)]
async fn a_sleep_of_nothing_is_ready_at_its_first_poll() {
    let mut nothing = pin!(sleep(Duration::ZERO));
    let first = poll_fn(|cx| Poll::Ready(nothing.as_mut().poll(cx))).await;
    fact!(first, Poll::Ready(()));
}

/// A step makes its sleep as it starts, however early the step itself was made.
#[tokio::test(start_paused = true)]
async fn a_deadline_is_fixed_when_the_sleep_is_made() {
    let both = async {
        let made = sleep(ms(10));
        sleep(ms(4)).await;
        made.await;
    };
    fact!(took(both).await, ms(10));
}

/// The limits of virtual time are makespan's own, and shorter.
#[tokio::test(start_paused = true)]
async fn the_longest_sleep_is_cut_to_thirty_years() {
    fact!(took(sleep(Duration::MAX)).await, YEAR * 30);
}

/// Where nothing else is to end it, a run has stalled, and is told so.
#[tokio::test(start_paused = true)]
async fn the_longest_timeout_has_no_timer() {
    let ended_first = tokio::select! {
        biased;
        _ = timeout(Duration::MAX, pending::<()>()) => "the timeout",
        () = sleep(YEAR * 100) => "a sleep of a hundred years",
    };
    fact!(ended_first, "a sleep of a hundred years");
}

/// A guard timer far behind a run's limit turns a deadlock into an answer.
#[tokio::test(start_paused = true)]
async fn a_sleep_of_twenty_years_is_exact() {
    fact!(took(sleep(YEAR * 20)).await, YEAR * 20);
}

/// A run warns of work that blocks, and reports the real time it took.
#[tokio::test(start_paused = true)]
async fn blocking_work_takes_no_virtual_time() {
    #[expect(clippy::disallowed_methods, reason = "that is the fact")]
    let work = async { std::thread::sleep(ms(2)) };
    fact!(took(work).await, ms(0));
}

/// `Runner::verify_clocks` finds out who asks them.
#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_types, reason = "that is the fact")]
async fn the_clocks_of_std_do_not_go_by_virtual_time() {
    let (instant, system) = (std::time::Instant::now(), std::time::SystemTime::now());
    sleep(YEAR).await;
    let system = system.elapsed().unwrap_or_default();
    fact!((instant.elapsed() < DAY, system < DAY), (true, true));
}

/// The recorder is of one thread, and reads the clock on no other.
#[tokio::test(start_paused = true)]
async fn the_clock_of_a_plain_thread_is_not_virtual() {
    sleep(YEAR).await;
    let of_thread = std::thread::spawn(Instant::now).join().expect("it does not panic");
    fact!(Instant::now() - of_thread > YEAR - DAY, true);
}

/// `record` refuses a runtime of several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[should_panic = "`time::pause()` requires the `current_thread` Tokio runtime"]
#[expect(clippy::disallowed_methods, reason = "that is the fact")]
async fn a_pause_needs_a_current_thread_runtime() {
    tokio::time::pause();
}

/// Code under test runs on one, so that it may spawn what is not `Send`.
#[test]
fn a_local_runtime_starts_paused_and_spawns_what_is_not_send() {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build_local(LocalOptions::default());
    let output = runtime.expect("a runtime").block_on(async {
        let began = Rc::new(Instant::now());
        let task = tokio::task::spawn_local(async move {
            sleep(DAY).await;
            began.elapsed()
        });
        task.await.expect("it does not panic")
    });
    fact!(output, DAY);
}
