//! Stages, and the channels between them.

use makespan::delay;
use tokio::sync::mpsc;

use super::pairs;

pairs! {
    stages_overlap { two_stages(), one_stage() => fetch[0] + max(fetch[1], write[0]) + write[1] }
    a_stage_does_not_collect {
        three_items(), collected() =>
        fetch[0] + max(fetch[1] + fetch[2], max(fetch[1], write[0]) + write[1]) + write[2]
    }
    three_stages_are_three_tasks {
        three_stages(), two_merged() =>
        parse[0] + max(check[0] + save[0], max(check[0], parse[1]) + check[1]) + save[1]
    }
    a_full_channel_holds_up_its_sender { sent_to_bounded(1), sent_to_unbounded() => work[0] + work[1] }
    a_channel_has_the_room_that_is_meant { sent_to_bounded(1), sent_to_bounded(2) => work[0] + work[1] }
    a_reader_ends_with_its_writers { closed(), left_open() => sum(item) }
    the_next_is_fetched_meanwhile {
        double_buffered(), single_buffered() => fetch[0] + max(fetch[1], show[0]) + show[1]
    }
    what_is_sent_is_not_awaited { sent(), asked() => max(sum(read), handle) }
    a_stage_of_several_workers { fanned_in(), funneled() => read + max(left, right) }
}

async fn two_stages() {
    let (fetched, mut rows) = mpsc::channel(1);
    let fetching = tokio::spawn(async move {
        for row in 0..2 {
            delay("fetch").await;
            fetched.send(row).await.expect("somebody reads");
        }
    });
    while let Some(_row) = rows.recv().await {
        delay("write").await;
    }
    fetching.await.expect("it does not panic");
}

async fn one_stage() {
    for _ in 0..2 {
        delay("fetch").await;
        delay("write").await;
    }
}

async fn three_items() {
    let (fetched, mut rows) = mpsc::channel(3);
    let fetching = async move {
        for row in 0..3 {
            delay("fetch").await;
            fetched.send(row).await.expect("somebody reads");
        }
    };
    let writing = async {
        while let Some(_row) = rows.recv().await {
            delay("write").await;
        }
    };
    tokio::join!(fetching, writing);
}

async fn collected() {
    let mut rows = Vec::new();
    for row in 0..3 {
        delay("fetch").await;
        rows.push(row);
    }
    for _row in rows {
        delay("write").await;
    }
}

async fn three_stages() {
    let (parsed, mut to_check) = mpsc::channel(2);
    let (checked, mut to_save) = mpsc::channel(2);
    let parse = async move {
        for line in 0..2 {
            delay("parse").await;
            parsed.send(line).await.expect("somebody checks");
        }
    };
    let check = async move {
        while let Some(line) = to_check.recv().await {
            delay("check").await;
            checked.send(line).await.expect("somebody saves");
        }
    };
    let (parse, check) = (tokio::spawn(parse), tokio::spawn(check));
    while to_save.recv().await.is_some() {
        delay("save").await;
    }
    parse.await.and(check.await).expect("they do not panic");
}

async fn two_merged() {
    let (parsed, mut to_check) = mpsc::channel(2);
    let parse = tokio::spawn(async move {
        for line in 0..2 {
            delay("parse").await;
            parsed.send(line).await.expect("somebody checks");
        }
    });
    while to_check.recv().await.is_some() {
        delay("check").await;
        delay("save").await;
    }
    parse.await.expect("it does not panic");
}

/// Sends four pieces of work. The first is taken at once, the channel has room for
/// one, and the two that are left wait until it is free again.
async fn sent_to_bounded(room: usize) {
    let (work, mut todo) = mpsc::channel(room);
    tokio::spawn(async move {
        while todo.recv().await.is_some() {
            delay("work").await;
        }
    });
    for piece in 0..4 {
        work.send(piece).await.expect("somebody works");
    }
}

async fn sent_to_unbounded() {
    let (work, mut todo) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while todo.recv().await.is_some() {
            delay("work").await;
        }
    });
    for piece in 0..4 {
        work.send(piece).expect("somebody works");
        tokio::task::yield_now().await;
    }
}

async fn closed() {
    let (items, mut inbox) = mpsc::channel(4);
    for item in 0..2 {
        items.send(item).await.expect("there is room");
    }
    drop(items);
    while inbox.recv().await.is_some() {
        delay("item").await;
    }
}

async fn left_open() {
    let (items, mut inbox) = mpsc::channel(4);
    let first = items.clone();
    tokio::spawn(async move {
        for item in 0..2 {
            first.send(item).await.expect("there is room");
        }
    });
    // The writer that was cloned is still there, so nobody says that it is over.
    while inbox.recv().await.is_some() {
        delay("item").await;
    }
    drop(items);
}

async fn double_buffered() {
    delay("fetch").await;
    tokio::join!(delay("fetch"), delay("show"));
    delay("show").await;
}

async fn single_buffered() {
    delay("fetch").await;
    delay("show").await;
    delay("fetch").await;
    delay("show").await;
}

async fn sent() {
    let (requests, mut inbox) = mpsc::channel(2);
    let handling = tokio::spawn(async move {
        inbox.recv().await;
        delay("handle").await;
    });
    requests.send(()).await.expect("somebody handles it");
    for _ in 0..2 {
        delay("read").await;
    }
    handling.await.expect("it does not panic");
}

async fn asked() {
    let (requests, mut inbox) = mpsc::channel::<tokio::sync::oneshot::Sender<()>>(2);
    let handling = tokio::spawn(async move {
        let done = inbox.recv().await;
        delay("handle").await;
        done.map(|done| done.send(()))
    });
    let (done, answer) = tokio::sync::oneshot::channel();
    requests.send(done).await.expect("somebody handles it");
    answer.await.expect("it is handled");
    for _ in 0..2 {
        delay("read").await;
    }
    handling.await.expect("it does not panic");
}

async fn fanned_in() {
    delay("read").await;
    let (rows, mut merged) = mpsc::channel(2);
    for side in ["left", "right"] {
        let rows = rows.clone();
        tokio::spawn(async move {
            delay(side).await;
            rows.send(side).await
        });
    }
    drop(rows);
    while merged.recv().await.is_some() {}
}

async fn funneled() {
    delay("read").await;
    let (rows, mut merged) = mpsc::channel(2);
    tokio::spawn(async move {
        for side in ["left", "right"] {
            delay(side).await;
            rows.send(side).await.expect("somebody reads");
        }
    });
    while merged.recv().await.is_some() {}
}
