//! What `advance` and `pause` do to the clock. Where code under test calls them, the run
//! has a warning, and `record` refuses a clock that is off the tick.
#![expect(clippy::disallowed_methods, reason = "they are what the facts are about")]

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::{Instant, advance, pause, sleep};

use super::{Log, fact, ms, took, us};

/// `Warning::OffTick` (tokio #4899).
#[tokio::test(start_paused = true)]
async fn off_the_tick_every_sleep_takes_a_tick_more() {
    advance(us(500)).await;
    let mut times = Vec::new();
    for millis in [1, 5, 100, 4_096, 1] {
        times.push(took(sleep(ms(millis))).await);
    }
    fact!(times, [ms(2), ms(6), ms(101), ms(4_097), ms(2)]);
}

/// `record` tests its clock by it.
#[tokio::test(start_paused = true)]
async fn off_the_tick_a_sleep_of_nothing_waits_for_a_tick() {
    advance(us(500)).await;
    let mut nothing = pin!(sleep(Duration::ZERO));
    let first = poll_fn(|cx| Poll::Ready(nothing.as_mut().poll(cx))).await;
    fact!((first, took(nothing).await), (Poll::Pending, ms(1)));
}

/// `Warning::OffTick` is of where the clock stands at the end.
#[tokio::test(start_paused = true)]
async fn a_second_half_tick_puts_the_clock_back_on_the_tick() {
    advance(us(500)).await;
    sleep(ms(5)).await;
    advance(us(500)).await;
    fact!(took(sleep(ms(5))).await, ms(5));
}

/// makespan builds its runtimes paused, and `record` refuses such a clock (tokio #3179).
#[test]
fn a_pause_in_a_running_runtime_leaves_the_clock_off_the_tick() {
    let sleep_after_a_pause = || {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            pause();
            took(sleep(ms(5))).await
        })
    };
    // By a chance of one in a million it is paused on the tick.
    let times = [sleep_after_a_pause(), sleep_after_a_pause(), sleep_after_a_pause()];
    fact!(times.contains(&ms(6)), true);
}

/// `Warning::MovedByHand` (tokio #7419).
#[tokio::test(start_paused = true)]
async fn a_task_that_was_not_polled_begins_its_sleep_behind_an_advance() {
    let task = tokio::spawn(async { took(sleep(ms(5))).await });
    let both = took(async {
        advance(ms(100)).await;
        task.await.expect("it does not panic");
    });
    fact!(both.await, ms(105));
}

/// `Warning::MovedByHand` (tokio #3985).
#[tokio::test(start_paused = true)]
async fn every_timer_that_an_advance_passes_sees_the_end_of_the_jump() {
    let began = Instant::now();
    let tasks: Vec<_> = [ms(5), ms(50), ms(100)]
        .map(|duration| {
            tokio::spawn(async move {
                sleep(duration).await;
                began.elapsed()
            })
        })
        .into();
    yield_now().await;
    advance(ms(100)).await;
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.expect("it does not panic"));
    }
    fact!(times, [ms(100), ms(100), ms(100)]);
}

/// `Warning::MovedByHand` (tokio #3985).
#[tokio::test(start_paused = true)]
async fn what_is_due_has_not_run_when_an_advance_returns() {
    let log = Log::new();
    let own = log.clone();
    let task = tokio::spawn(async move {
        sleep(ms(5)).await;
        own.push("task");
    });
    yield_now().await;
    advance(ms(100)).await;
    log.push("advance returns");
    task.await.expect("it does not panic");
    fact!(log.take(), ["advance returns", "task"]);
}
