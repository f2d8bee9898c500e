//! Periods, rates and least times.

use makespan::delay;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until};

use super::{ms, pairs};

pairs! {
    a_period_counts_from_tick_to_tick { ticked(), slept() => max(work[0], 100ms) + work[1] }
    what_is_late_catches_up {
        caught_up(MissedTickBehavior::Burst), caught_up(MissedTickBehavior::Delay) =>
        max(max(work[0], 100ms) + work[1], 200ms) + work[2]
    }
    an_interval_outlives_a_turn_of_the_loop { ticked(), interval_of_each_turn() => max(work[0], 100ms) + work[1] }
    the_first_beat_comes_after_a_period { beat_later(), beat_at_once() => 100ms + beat }
    a_rate_counts_from_start_to_start { spaced(), paused() => max(call[0], 100ms) + call[1] }
    a_burst_is_as_large_as_allowed {
        bursts(2), bursts(3) => max(call[0], call[1], 100ms + call[2], 100ms + call[3])
    }
    a_pause_does_not_come_last { paused_between(2), paused_after(2) => sum(call) + 100ms }
    an_answer_takes_a_least_time { padded(), padded_after() => max(login, 200ms) }
    a_least_time_is_not_one_tick_short { padded(), padded_short() => max(login, 200ms) }
    ticks_do_not_pile_up_behind_each_other { ticked(), spawned() => max(work[0], 100ms) + work[1] }
}

async fn ticked() {
    let mut ticks = interval(ms(100));
    for _ in 0..2 {
        ticks.tick().await;
        delay("work").await;
    }
}

async fn slept() {
    delay("work").await;
    sleep(ms(100)).await;
    delay("work").await;
}

async fn caught_up(behavior: MissedTickBehavior) {
    let mut ticks = interval(ms(100));
    ticks.set_missed_tick_behavior(behavior);
    for _ in 0..3 {
        ticks.tick().await;
        delay("work").await;
    }
}

async fn interval_of_each_turn() {
    for _ in 0..2 {
        // The first tick of each is at once.
        let mut ticks = interval(ms(100));
        ticks.tick().await;
        delay("work").await;
    }
}

async fn beat_later() {
    let mut ticks = interval_at(Instant::now() + ms(100), ms(100));
    ticks.tick().await;
    delay("beat").await;
}

async fn beat_at_once() {
    let mut ticks = interval(ms(100));
    ticks.tick().await;
    delay("beat").await;
}

async fn spaced() {
    let next = Instant::now() + ms(100);
    delay("call").await;
    sleep_until(next).await;
    delay("call").await;
}

async fn paused() {
    delay("call").await;
    sleep(ms(100)).await;
    delay("call").await;
}

/// Four calls, so many of them in each tenth of a second.
async fn bursts(size: usize) {
    let mut calls = JoinSet::new();
    for call in 0..4 {
        if call > 0 && call % size == 0 {
            sleep(ms(100)).await;
        }
        calls.spawn(delay("call"));
    }
    calls.join_all().await;
}

async fn paused_between(calls: u32) {
    for call in 0..calls {
        if call > 0 {
            sleep(ms(100)).await;
        }
        delay("call").await;
    }
}

async fn paused_after(calls: u32) {
    for _ in 0..calls {
        delay("call").await;
        sleep(ms(100)).await;
    }
}

async fn padded() {
    tokio::join!(delay("login"), sleep(ms(200)));
}

async fn padded_after() {
    delay("login").await;
    sleep(ms(200)).await;
}

async fn padded_short() {
    let start = Instant::now();
    delay("login").await;
    let left = ms(200).saturating_sub(start.elapsed());
    // Whoever thinks that one tick is not worth it is one tick short.
    if left > ms(1) {
        sleep(left).await;
    }
}

async fn spawned() {
    let mut ticks = interval(ms(100));
    let mut work = JoinSet::new();
    for _ in 0..2 {
        ticks.tick().await;
        work.spawn(delay("work"));
    }
    work.join_all().await;
}
