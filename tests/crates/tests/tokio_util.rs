//! tokio-util 0.7.

use ::tokio_util::time::DelayQueue;
use futures::StreamExt as _;
use makespan::{assert_makespan, assert_pace};

use crate::{mark, ms};

#[test]
fn a_delay_queue_gives_what_is_due_in_the_order_of_its_deadlines() {
    let run = makespan::run(async {
        let mut queue = DelayQueue::new();
        let late = queue.insert("late", ms(300));
        queue.insert("second", ms(200));
        queue.insert("first", ms(10));
        queue.insert("gone", ms(20));
        queue.reset(&late, ms(5_000));
        queue.next().await;
        mark("due").await;
        // Of the others one goes and one is put off.
        let mut order = Vec::new();
        while let Some(due) = queue.next().await {
            mark("due").await;
            order.push(due.into_inner());
        }
        order
    });
    assert_eq!(run.output, ["gone", "second", "late"]);
    assert_pace!(run, due.start: 10ms, 20ms, 200ms, 5s);
    assert_makespan!(run, 5s);
}
