//! Several that are dealt with together.

use makespan::delay;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout, timeout_at};

use super::{ms, pairs};

pairs! {
    a_window_begins_with_the_first_item { windowed(), windowed_from_the_start() => item[0] + 50ms + write }
    a_full_batch_does_not_wait { batch(2), batch(3) => item[0] + min(item[1], 50ms) + write }
    a_window_does_not_begin_anew {
        batch(3), debounced(3) => item[0] + min(item[1] + item[2], 50ms) + write
    }
    what_is_left_is_written_at_the_end { rest_written(), rest_lost() => sum(item) + sum(write) }
    a_window_is_as_long_as_meant { windowed(), windowed_by_ticks() => item[0] + 50ms + write }
    one_write_is_for_all { written_together(), written_each() => sum(item) + write[0] }
}

/// Sends items for ever, or as long as somebody reads: each takes its time.
fn items(count: Option<u32>) -> mpsc::Receiver<u32> {
    let (send, items) = mpsc::channel(8);
    tokio::spawn(async move {
        for item in 0..count.unwrap_or(8) {
            delay("item").await;
            if send.send(item).await.is_err() {
                return;
            }
        }
        send.closed().await;
    });
    items
}

async fn windowed() {
    let mut items = items(Some(1));
    items.recv().await;
    let window = Instant::now() + ms(50);
    while let Ok(Some(_item)) = timeout_at(window, items.recv()).await {}
    delay("write").await;
}

async fn windowed_from_the_start() {
    let mut items = items(Some(1));
    let window = Instant::now() + ms(50);
    items.recv().await;
    while let Ok(Some(_item)) = timeout_at(window, items.recv()).await {}
    delay("write").await;
}

async fn batch(size: usize) {
    let mut items = items(None);
    let mut batch: Vec<_> = items.recv().await.into_iter().collect();
    let window = Instant::now() + ms(50);
    while batch.len() < size {
        let Ok(Some(item)) = timeout_at(window, items.recv()).await else { break };
        batch.push(item);
    }
    delay("write").await;
}

async fn debounced(size: usize) {
    let mut items = items(None);
    let mut batch: Vec<_> = items.recv().await.into_iter().collect();
    while batch.len() < size {
        // Each item puts the end off.
        let Ok(Some(item)) = timeout(ms(50), items.recv()).await else { break };
        batch.push(item);
    }
    delay("write").await;
}

/// Reads three items and writes two at a time.
async fn write_pairs(is_rest_written: bool) {
    let mut batch = Vec::new();
    for item in 0..3 {
        delay("item").await;
        batch.push(item);
        if batch.len() == 2 {
            delay("write").await;
            batch.clear();
        }
    }
    if is_rest_written && !batch.is_empty() {
        delay("write").await;
    }
}

async fn rest_written() {
    write_pairs(true).await;
}

async fn rest_lost() {
    let mut batch = Vec::new();
    let mut writes = Vec::new();
    for item in 0..3 {
        delay("item").await;
        batch.push(item);
        if batch.len() == 2 {
            writes.push(tokio::spawn(delay("write")));
            batch.clear();
        }
    }
    // Neither what is left nor what is going on is waited for.
    drop(writes);
}

async fn windowed_by_ticks() {
    let mut items = items(Some(1));
    let mut windows = interval(ms(50));
    windows.tick().await;
    items.recv().await;
    // The window that is open has begun before the item came.
    windows.tick().await;
    delay("write").await;
}

async fn written_together() {
    for _ in 0..3 {
        delay("item").await;
    }
    delay("write").await;
}

async fn written_each() {
    for _ in 0..3 {
        delay("item").await;
        delay("write").await;
    }
}
