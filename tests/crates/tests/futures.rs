//! futures 0.3.

use std::pin::pin;
use std::time::Duration;

use ::futures::future::{Either, join_all, select};
use ::futures::stream::{self, StreamExt as _};
use makespan::{Checker, Runner, assert_law, assert_makespan, assert_pace, delay, law};

use crate::ms;

async fn greedily() {
    stream::iter(0..4).map(|_| delay("job")).buffer_unordered(2).collect::<Vec<_>>().await;
}

async fn in_order() {
    stream::iter(0..4).map(|_| delay("job")).buffered(2).collect::<Vec<_>>().await;
}

/// Jobs of 30, 10, 20 and 10 ms.
fn runner() -> Runner {
    let runner = Runner::new().latency("job", ms(10));
    runner.latency("job[0]", ms(30)).latency("job[2]", ms(20))
}

#[test]
fn buffer_unordered_schedules_its_jobs_as_a_list() {
    assert_law!(greedily() => limit(2, job));
    let run = runner().run(greedily()).expect("it ends");
    assert_makespan!(run, 40ms); // 30 + 10 beside 10 + 20
    assert_pace!(run, job.start: 2 * 0ms, 10ms, 30ms);
}

#[test]
fn buffered_waits_for_the_head_of_the_line() {
    // A job starts when all those are done that are two or more before it.
    assert_law!(in_order() => max(job[0] + job[2], max(job[0], job[1]) + job[3]));
    let run = runner().run(in_order()).expect("it ends");
    assert_makespan!(run, 50ms); // 30 + 20
    assert_pace!(run, job.start: 2 * 0ms, 2 * 30ms);
    // And it is no list.
    let list = Checker::new().without_seeds().verify(in_order, &law!(limit(2, job)));
    assert!(list.is_err());
}

#[test]
fn join_all_takes_the_maximum() {
    for jobs in [1, 3, 29, 31, 40] {
        // From 31 on it is another implementation.
        assert_law!(join_all((0..jobs).map(|_| delay("job"))) => max(job));
    }
}

async fn left_first() -> &'static str {
    match select(pin!(delay("left")), pin!(delay("right"))).await {
        Either::Left(_) => "left",
        Either::Right(_) => "right",
    }
}

#[test]
fn select_is_over_with_the_first_and_a_tie_is_the_left_ones() {
    assert_law!(left_first() => min(left, right));
    for (left, right, winner) in [(1, 2, "left"), (2, 1, "right"), (2, 2, "left")] {
        let runner = Runner::new().latency("left", ms(left)).latency("right", ms(right));
        assert_eq!(runner.run(left_first()).expect("it ends").output, winner);
    }
    let none = Runner::new().latency("left", Duration::ZERO).latency("right", Duration::ZERO);
    assert_eq!(none.run(left_first()).expect("it ends").output, "left");
}
