//! tokio-stream 0.1.

use ::tokio_stream::{self as stream, Stream, StreamExt as _};
use makespan::{assert_makespan, assert_pace};
use std::pin::pin;
use tokio::time::sleep;

use crate::{mark, ms};

/// An item after each of these gaps in milliseconds, and the end after the last.
fn after<const N: usize>(gaps: [u64; N]) -> impl Stream<Item = usize> {
    let in_time = async |(item, gap)| {
        sleep(ms(gap)).await;
        item
    };
    stream::iter(gaps.into_iter().enumerate()).then(in_time).take_while(|item| item + 1 < N)
}

#[test]
fn chunks_come_when_they_are_full_or_their_first_item_is_old() {
    // Items at 0, 10, 20, 20, 400 and 500, the end at 530 ms.
    let run = makespan::run(async {
        let mut chunks = pin!(after([0, 10, 10, 0, 380, 100, 30]).chunks_timeout(3, ms(300)));
        let mut sizes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            mark("chunk").await;
            sizes.push(chunk.len());
        }
        sizes
    });
    assert_eq!(run.output, [3, 1, 2]);
    // Full at 20, old at 20 + 300, cut short by the end.
    assert_pace!(run, chunk.start: 20ms, 320ms, 530ms);
}

#[test]
fn throttle_delays_every_item_but_the_first_and_the_end_too() {
    let run = makespan::run(async {
        let mut items = pin!(stream::iter(0..4).throttle(ms(100)));
        while items.next().await.is_some() {
            mark("item").await;
        }
    });
    assert_pace!(run, item.start: 0ms, 100ms, 200ms, 300ms);
    assert_pace!(run, item.start: 1 per 100ms);
    assert_makespan!(run, 400ms);
}

#[test]
fn a_timeout_is_told_once_and_the_item_still_comes() {
    let run = makespan::run(async {
        let mut items = pin!(after([10, 80, 20, 0]).timeout(ms(50)));
        while let Some(item) = items.next().await {
            mark(if item.is_ok() { "item" } else { "late" }).await;
        }
    });
    assert_pace!(run, item.start: 10ms, 90ms, 110ms);
    assert_pace!(run, late.start: 60ms); // 10 + 50
}

#[test]
fn an_item_that_comes_at_the_timeout_is_in_time() {
    for (gap, late) in [(49, 0), (50, 0), (51, 1)] {
        let run = makespan::run(async {
            let mut items = pin!(after([gap, 0]).timeout(ms(50)));
            while let Some(item) = items.next().await {
                mark(if item.is_ok() { "item" } else { "late" }).await;
            }
        });
        assert_eq!(run.trace().starts("late").len(), late, "{gap} ms");
    }
}
