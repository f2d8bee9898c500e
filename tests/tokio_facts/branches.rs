//! In which order futures inside one task are polled: `join!`, `select!`, `timeout`.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{Log, fact, ms, took};

/// Logs its name at its first poll, and when it is done.
async fn branch(log: &Log<&'static str>, name: &'static str, millis: u64) {
    log.push(name);
    sleep(ms(millis)).await;
    log.push(name);
}

/// `assert_log!` leaves the order inside of a tie open.
#[tokio::test(start_paused = true)]
async fn a_join_begins_with_another_branch_at_each_poll() {
    let log = Log::new();
    tokio::join!(branch(&log, "a", 5), branch(&log, "b", 5));
    fact!(log.take(), ["a", "b", "b", "a"]);
}

/// The `join(..)` of a scenario polls in the order of declaration.
#[tokio::test(start_paused = true)]
async fn a_biased_join_polls_by_declaration() {
    let log = Log::new();
    tokio::join!(biased; branch(&log, "a", 5), branch(&log, "b", 5));
    fact!(log.take(), ["a", "b", "a", "b"]);
}

/// Inside one task declaration decides, not which timer was set first.
#[tokio::test(start_paused = true)]
async fn a_biased_join_polls_by_declaration_whichever_timer_was_set_first() {
    let log = Log::new();
    let began = Instant::now();
    let late = async {
        sleep(ms(1)).await;
        sleep_until(began + ms(5)).await;
        log.push("set at 1 ms");
    };
    let early = async {
        sleep_until(began + ms(5)).await;
        log.push("set at 0 ms");
    };
    tokio::join!(biased; late, early);
    fact!(log.take(), ["set at 1 ms", "set at 0 ms"]);
}

/// The `join(..)` and `race(..)` of scenarios give each child a waker of its own.
#[tokio::test(start_paused = true)]
async fn a_join_polls_all_that_is_left_at_each_wake() {
    let mut polls = [0; 3];
    let [a, b, c] = &mut polls;
    let counted = async |count: &mut usize, millis| {
        let mut sleep = pin!(sleep(ms(millis)));
        poll_fn(|cx| {
            *count += 1;
            sleep.as_mut().poll(cx)
        })
        .await;
    };
    tokio::join!(counted(a, 1), counted(b, 2), counted(c, 3));
    fact!(polls, [2, 3, 4]);
}

/// The `tasks(..)` of a scenario is such a set.
#[tokio::test(start_paused = true)]
async fn a_join_set_keeps_the_order_of_declaration_at_one_instant() {
    let (log, mut tasks) = (Log::new(), JoinSet::new());
    for task in 0..5 {
        let log = log.clone();
        tasks.spawn(async move {
            log.push(task);
            sleep(ms(5)).await;
            log.push(task);
        });
    }
    let joined = tasks.join_all().await;
    fact!((joined.len(), log.take()), (5, vec![0, 1, 2, 3, 4, 0, 1, 2, 3, 4]));
}

/// A tie in a race has several outcomes, and a law is tried many times at each.
#[tokio::test(start_paused = true)]
async fn a_tie_in_a_select_goes_to_either() {
    let mut winners = BTreeSet::new();
    for _ in 0..200 {
        winners.insert(tokio::select! {
            () = sleep(ms(5)) => "a",
            () = sleep(ms(5)) => "b",
        });
    }
    fact!(winners, BTreeSet::from(["a", "b"]));
}

/// The `race(..)` of a scenario is the first declared one's at a tie.
#[tokio::test(start_paused = true)]
async fn a_tie_in_a_biased_select_goes_to_the_first_declared() {
    let mut winners = BTreeSet::new();
    for _ in 0..200 {
        winners.insert(tokio::select! {
            biased;
            () = sleep(ms(5)) => "a",
            () = sleep(ms(5)) => "b",
        });
    }
    fact!(winners, BTreeSet::from(["a"]));
}

/// `timeout(..)` polls its work first, and so the law of a tie is the work's.
#[tokio::test(start_paused = true)]
async fn a_tie_of_a_timeout_with_its_own_work_goes_to_the_work() {
    fact!(timeout(ms(5), sleep(ms(5))).await, Ok(()));
    fact!(timeout(Duration::ZERO, sleep(Duration::ZERO)).await, Ok(()));
}

/// The oracle has it from the order of the first polls.
#[tokio::test(start_paused = true)]
async fn a_tie_of_a_timeout_with_a_spawned_task_goes_to_the_timeout() {
    let in_a_task = tokio::spawn(async {
        let task = tokio::spawn(sleep(ms(5)));
        timeout(ms(5), task).await.is_ok()
    });
    fact!(in_a_task.await.expect("it does not panic"), false);
    let task = tokio::spawn(sleep(ms(5)));
    fact!(timeout(ms(5), task).await.is_ok(), false);
}

/// Scenarios run without a budget, so the rule of ties has no such exception there.
#[tokio::test(start_paused = true)]
async fn a_tie_of_a_timeout_with_work_beyond_its_budget_goes_to_the_timeout() {
    let with = async |operations: usize| {
        timeout(ms(5), async {
            sleep(ms(5)).await;
            for _ in 1..operations {
                sleep(Duration::ZERO).await;
            }
        })
        .await
        .is_ok()
    };
    // The sleep that was waited for is the first.
    fact!([with(128).await, with(129).await], [true, false]);
}

/// What is awaited behind a timeout begins at its limit, whatever becomes of the work.
#[tokio::test(start_paused = true)]
async fn a_timeout_ends_at_its_limit() {
    fact!(took(timeout(ms(5), sleep(ms(6)))).await, ms(5));
}
