//! In which order tasks have their turns. The oracle has a queue, first in and first out,
//! and a scenario runs in a task without a budget, away from the root.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Log, fact, ms, took};

/// Waits for all of them.
async fn join(tasks: impl IntoIterator<Item = JoinHandle<()>>) {
    for task in tasks {
        task.await.expect("it does not panic");
    }
}

/// The oracle queues a task as it is created.
#[tokio::test(start_paused = true)]
async fn tasks_start_in_the_order_of_their_creation_when_their_creator_suspends() {
    let log = Log::new();
    let tasks = [0, 1, 2].map(|task| {
        let log = log.clone();
        tokio::spawn(async move { log.push(task) })
    });
    sleep(Duration::ZERO).await; // it does not suspend
    log.push(9);
    join(tasks).await;
    fact!(log.take(), [9, 0, 1, 2]);
}

/// The oracle puts a task that wakes at the end of its queue.
#[tokio::test(start_paused = true)]
async fn a_task_that_wakes_goes_to_the_end_of_the_queue() {
    let (log, began, woken) = (Log::new(), Instant::now(), Arc::new(Notify::new()));
    let (own, notified) = (log.clone(), Arc::clone(&woken));
    let waits = tokio::spawn(async move {
        notified.notified().await;
        own.push("woken by the first");
    });
    let own = log.clone();
    let first = tokio::spawn(async move {
        sleep_until(began + ms(5)).await;
        woken.notify_one();
        own.push("first");
    });
    let own = log.clone();
    let second = tokio::spawn(async move {
        sleep_until(began + ms(5)).await;
        own.push("second");
    });
    join([waits, first, second]).await;
    fact!(log.take(), ["first", "second", "woken by the first"]);
}

/// The oracle wakes a task once, however many of its timers are due.
#[tokio::test(start_paused = true)]
async fn a_task_with_several_timers_at_one_instant_is_polled_once() {
    let task = tokio::spawn(async {
        let mut polls = 0;
        let mut sleeps: Vec<_> = (0..5).map(|_| Box::pin(sleep(ms(5)))).collect();
        poll_fn(|cx| {
            polls += 1;
            sleeps.retain_mut(|sleep| sleep.as_mut().poll(cx).is_pending());
            if sleeps.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        polls
    });
    fact!(task.await.expect("it does not panic"), 2);
}

/// A scenario is not the root, so that the root's precedence is not in its log.
#[tokio::test(start_paused = true)]
async fn the_root_is_polled_before_the_tasks_of_its_instant() {
    let log = Log::new();
    let own = log.clone();
    let task = tokio::spawn(async move {
        sleep(ms(5)).await;
        own.push("task");
    });
    yield_now().await; // the task sets its timer first
    sleep(ms(5)).await;
    log.push("root");
    join([task]).await;
    fact!(log.take(), ["root", "task"]);
}

/// The same.
#[tokio::test(start_paused = true)]
async fn the_root_is_polled_at_every_61st_poll_of_tasks_at_the_latest() {
    let log = Log::new();
    for task in 0..200 {
        let log = log.clone();
        drop(tokio::spawn(async move { log.push(task) }));
    }
    let mut between = Vec::new();
    for _ in 0..4 {
        yield_now().await;
        between.push(log.take().len());
    }
    fact!(between, [61, 61, 61, 17]);
}

/// `livelock at +0ms` is the answer to a loop of them that waits for a timer.
#[tokio::test(start_paused = true)]
async fn a_yield_takes_no_time_and_keeps_the_clock_from_moving() {
    let task = tokio::spawn(sleep(ms(1)));
    let yields = async {
        for _ in 0..10_000 {
            yield_now().await;
        }
    };
    fact!((took(yields).await, task.is_finished()), (ms(0), false));
}

/// The order of steps behind a yield is nobody's promise.
#[tokio::test(start_paused = true)]
async fn tasks_that_yield_are_queued_again_in_reverse() {
    let log = Log::new();
    let tasks = [0, 1, 2, 3, 4].map(|task| {
        let log = log.clone();
        tokio::spawn(async move {
            log.push(('a', task));
            yield_now().await;
            log.push(('b', task));
        })
    });
    join(tasks).await;
    let told: Vec<_> = log.take().iter().map(|(turn, task)| format!("{turn}{task}")).collect();
    fact!(told.join(" "), "a0 a1 a2 a3 a4 b4 b3 b2 b1 b0");
}

/// How often a future is polled until it is done.
async fn polls(future: impl Future) -> usize {
    let (mut future, mut polls) = (pin!(future), 0);
    poll_fn(|cx| {
        polls += 1;
        future.as_mut().poll(cx).map(drop)
    })
    .await;
    polls
}

async fn ready(operations: usize) {
    for _ in 0..operations {
        sleep(Duration::ZERO).await;
    }
}

/// Scenarios run without a budget, other code with it.
#[tokio::test(start_paused = true)]
async fn the_129th_ready_operation_of_a_poll_yields() {
    let with = async |operations| {
        let task = tokio::spawn(polls(ready(operations)));
        task.await.expect("it does not panic")
    };
    fact!([with(128).await, with(129).await, with(256).await, with(257).await], [1, 2, 2, 3]);
}

/// The interpreter of scenarios is around each of its tasks so.
#[tokio::test(start_paused = true)]
async fn what_is_unconstrained_has_no_budget() {
    let task = tokio::spawn(polls(unconstrained(ready(10_000))));
    fact!(task.await.expect("it does not panic"), 1);
}

/// No order is told of a runtime of several threads, and `record` refuses it.
#[test]
fn a_worker_of_several_threads_starts_the_last_task_first() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let log = Log::new();
    let own = log.clone();
    let spawns = runtime.spawn(async move {
        let tasks = [0, 1, 2, 3, 4].map(|task| {
            let log = own.clone();
            tokio::spawn(async move { log.push(task) })
        });
        join(tasks).await;
    });
    runtime.block_on(spawns).expect("it does not panic");
    fact!(log.take(), [4, 0, 1, 2, 3]);
}
