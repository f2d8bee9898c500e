//! In which order timers fire that are due at one instant (tokio #1775). The oracle
//! predicts it, and `Trace::same_up_to_ties` asks for no more than tokio documents.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::{Log, YEAR, fact, ms, us};

/// The order in which tasks are done whose sleeps are due at one instant. Each is first
/// polled as late as it says, in milliseconds.
async fn fired(deadline: Duration, first_polls: &[u64]) -> Vec<u64> {
    let (log, began) = (Log::new(), Instant::now());
    let tasks: Vec<_> = first_polls
        .iter()
        .map(|first_poll| {
            let (log, first_poll) = (log.clone(), *first_poll);
            tokio::spawn(async move {
                sleep_until(began + ms(first_poll)).await;
                sleep_until(began + deadline).await;
                log.push(first_poll);
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("it does not panic");
    }
    assert_eq!(began.elapsed(), deadline);
    log.take()
}

/// The oracle keeps timers by deadline, and those of one in the order of their first polls.
#[tokio::test(start_paused = true)]
async fn equal_deadlines_fire_in_the_order_of_their_first_polls() {
    let first_polls = [5, 3, 8, 1, 9, 2, 7, 4, 6];
    fact!(fired(ms(10), &first_polls).await, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/// The same, where timers of one deadline come from several levels of the wheel.
#[tokio::test(start_paused = true)]
async fn equal_deadlines_of_several_levels_fire_in_the_order_of_their_first_polls() {
    for level in 1..5 {
        // Some are set more than a level ahead of the deadline, some just before it.
        let deadline = 64_u64.pow(level);
        for deadline in [deadline, deadline + 1, 3 * deadline + 7] {
            let before = |millis| deadline - deadline.min(millis);
            let mut first_polls =
                vec![before(1), before(70), before(5_000), before(63), before(64), before(2), 1, 0];
            let observed = fired(ms(deadline), &first_polls).await;
            first_polls.sort_unstable();
            fact!(observed, first_polls);
        }
    }
}

/// The same, for a guard far ahead.
#[tokio::test(start_paused = true)]
async fn equal_deadlines_in_ten_years_fire_in_the_order_of_their_first_polls() {
    let year = 365 * 86_400_000;
    let first_polls = [9 * year, 1, year, 0, 10 * year - 1, 5 * year];
    let observed = fired(YEAR * 10, &first_polls).await;
    fact!(observed, [0, 1, year, 5 * year, 9 * year, 10 * year - 1]);
}

/// The order in which sleeps end that are first polled one after another.
async fn ended(sleeps: [Duration; 4]) -> Vec<usize> {
    let log = Log::new();
    let tasks = sleeps.map(|duration| tokio::spawn(sleep(duration)));
    for (index, task) in tasks.into_iter().enumerate() {
        let log = log.clone();
        drop(tokio::spawn(async move {
            task.await.expect("it does not panic");
            log.push(index);
        }));
    }
    sleep(ms(10)).await;
    log.take()
}

/// The oracle rounds a duration before it sorts.
#[tokio::test(start_paused = true)]
async fn deadlines_of_one_tick_are_equal() {
    fact!(ended([us(900), us(300), us(600), us(1_000)]).await, [0, 1, 2, 3]);
    fact!(ended([us(900), us(1_300), us(600), us(2_000)]).await, [0, 2, 1, 3]);
}

/// The order in which sleeps end that are due at 20 ms. One has this deadline first, and
/// is reset at 7 ms; the others are first polled when their names say.
async fn fired_after_a_reset(deadline: Duration) -> Vec<&'static str> {
    let (log, began) = (Log::new(), Instant::now());
    let own = log.clone();
    let reset = tokio::spawn(async move {
        let mut reset = pin!(sleep_until(began + deadline));
        tokio::select! {
            biased;
            () = &mut reset => {}
            () = sleep_until(began + ms(7)) => reset.as_mut().reset(began + ms(20)),
        }
        reset.await;
        own.push("reset");
    });
    let others = [("at 5", ms(5)), ("at 9", ms(9)), ("at 15", ms(15))].map(|(name, first_poll)| {
        let log = log.clone();
        tokio::spawn(async move {
            sleep_until(began + first_poll).await;
            sleep_until(began + ms(20)).await;
            log.push(name);
        })
    });
    for task in others.into_iter().chain([reset]) {
        task.await.expect("it does not panic");
    }
    log.take()
}

/// A tie with a sleep that was reset is as any other tie: nobody's promise.
#[tokio::test(start_paused = true)]
async fn a_sleep_that_is_reset_to_its_own_deadline_keeps_its_place() {
    fact!(fired_after_a_reset(ms(20)).await, ["reset", "at 5", "at 9", "at 15"]);
}

/// The same.
#[tokio::test(start_paused = true)]
async fn a_sleep_that_is_brought_forward_takes_its_place_at_the_reset() {
    fact!(fired_after_a_reset(ms(30)).await, ["at 5", "reset", "at 9", "at 15"]);
}

/// The same.
#[tokio::test(start_paused = true)]
async fn a_sleep_that_is_put_off_takes_its_place_at_its_old_deadline() {
    fact!(fired_after_a_reset(ms(12)).await, ["at 5", "at 9", "reset", "at 15"]);
}
