//! An `await` in a loop: too many, and too few.

use makespan::delay;
use tokio::task::JoinSet;

use super::{accepts, pairs};

pairs! {
    a_loop_of_calls_overlaps { users(), users_one_by_one() => max(user) }
    details_overlap_after_the_list { details(), details_one_by_one() => list + max(detail) }
    pages_behind_a_cursor_wait { by_cursor(), by_guess() => sum(page) }
    chains_do_not_wait_for_each_other {
        chains(), in_phases() => max(north_list + north_rows, south_list + south_rows)
    }
    an_ack_comes_before_the_next_message { acknowledged(), unacknowledged() => sum(ack) }
    what_migrates_waits_for_what_was_before { migrated(), migrated_at_once() => schema + rows + index }
    writes_overlap_after_a_loop_of_reads { copied(), copied_one_by_one() => sum(read) + max(write) }
    a_closure_starts_all { mapped(), folded() => max(item) }
}

async fn users() {
    let mut users = JoinSet::new();
    (0..3).for_each(|_| drop(users.spawn(delay("user"))));
    users.join_all().await;
}

async fn users_one_by_one() {
    for _ in 0..3 {
        delay("user").await;
    }
}

async fn details() {
    delay("list").await;
    let details: Vec<_> = (0..3).map(|_| tokio::spawn(delay("detail"))).collect();
    for detail in details {
        detail.await.expect("it does not panic");
    }
}

async fn details_one_by_one() {
    delay("list").await;
    for _ in 0..3 {
        tokio::spawn(delay("detail")).await.expect("it does not panic");
    }
}

/// Asks for a page, which names the next.
async fn page(cursor: u32) -> Option<u32> {
    delay("page").await;
    (cursor < 2).then_some(cursor + 1)
}

async fn by_cursor() {
    let mut cursor = Some(0);
    while let Some(at) = cursor {
        cursor = page(at).await;
    }
}

async fn by_guess() {
    tokio::join!(page(0), page(1), page(2));
}

async fn chains() {
    let north = async {
        delay("north_list").await;
        delay("north_rows").await;
    };
    let south = async {
        delay("south_list").await;
        delay("south_rows").await;
    };
    tokio::join!(north, south);
}

async fn in_phases() {
    tokio::join!(delay("north_list"), delay("south_list"));
    tokio::join!(delay("north_rows"), delay("south_rows"));
}

async fn acknowledged() {
    for _ in 0..3 {
        accepts("ack").await.expect("it accepts");
    }
}

async fn unacknowledged() {
    let acks: Vec<_> = (0..3).map(|_| tokio::spawn(accepts("ack"))).collect();
    for ack in acks {
        ack.await.expect("it does not panic").expect("it accepts");
    }
}

async fn migrated() {
    delay("schema").await;
    delay("rows").await;
    delay("index").await;
}

async fn migrated_at_once() {
    delay("schema").await;
    tokio::join!(delay("rows"), delay("index"));
}

async fn copied() {
    let mut writes = JoinSet::new();
    let mut read = Vec::new();
    for row in 0..2 {
        delay("read").await;
        read.push(row);
    }
    read.iter().for_each(|_| drop(writes.spawn(delay("write"))));
    writes.join_all().await;
}

async fn copied_one_by_one() {
    for _ in 0..2 {
        delay("read").await;
        delay("write").await;
    }
}

async fn mapped() {
    let items: JoinSet<_> = (0..3).map(|_| delay("item")).collect();
    items.join_all().await;
}

async fn folded() {
    async fn and(before: impl Future<Output = u32>) -> u32 {
        let sum = before.await;
        delay("item").await;
        sum + 1
    }
    assert_eq!(and(and(and(async { 0 }))).await, 3);
}
