//! One task that tells another: answers, signals, actors.

use std::sync::Arc;

use makespan::delay;
use tokio::sync::{Barrier, Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::pairs;

pairs! {
    an_answer_is_awaited_late { awaited_late(), awaited_early() => max(render, reply) }
    a_signal_is_kept { notified_one(), notified_waiters() => max(setup, other) + serve }
    a_barrier_holds_all { met(), not_met() => max(setup) + max(run) }
    a_barrier_counts_all { met(), met_by_two() => max(setup) + max(run) }
    an_actor_does_one_at_a_time { actor(), eager_actor() => sum(handle) }
    a_server_does_several_at_a_time { server(), serial_server() => max(handle) }
    what_is_saved_is_awaited { saved(), forgotten() => load + save }
    a_task_that_runs_is_awaited_too { saved_beside(), forgotten_beside() => load + max(save, reply) }
    a_watcher_sees_what_is_there { watched(), watched_for_change() => config + serve }
    a_subscriber_comes_before_the_event { subscribed(), subscribed_late() => max(connect, event) }
    every_waiter_is_woken { all_woken(), one_woken() => setup + max(serve) }
    a_caller_does_not_wait_for_its_turn_twice { turn_once(), turn_twice() => sum(handle) + post }
}

async fn awaited_late() {
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        delay("reply").await;
        tell.send(())
    });
    delay("render").await;
    told.await.expect("somebody replies");
}

async fn awaited_early() {
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        delay("reply").await;
        tell.send(())
    });
    told.await.expect("somebody replies");
    delay("render").await;
}

async fn notified(ready: Arc<Notify>) {
    delay("other").await;
    ready.notified().await;
    delay("serve").await;
}

async fn notified_one() {
    let ready = Arc::new(Notify::new());
    let serving = tokio::spawn(notified(Arc::clone(&ready)));
    delay("setup").await;
    ready.notify_one();
    serving.await.expect("it does not panic");
}

async fn notified_waiters() {
    let ready = Arc::new(Notify::new());
    let serving = tokio::spawn(notified(Arc::clone(&ready)));
    delay("setup").await;
    // Nobody is told who is not waiting yet.
    ready.notify_waiters();
    serving.await.expect("it does not panic");
}

async fn workers(meeting: Option<usize>) {
    let barrier = meeting.map(|count| Arc::new(Barrier::new(count)));
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let barrier = barrier.clone();
        workers.spawn(async move {
            delay("setup").await;
            if let Some(barrier) = barrier {
                barrier.wait().await;
            }
            delay("run").await;
        });
    }
    workers.join_all().await;
}

async fn met() {
    workers(Some(4)).await;
}

async fn not_met() {
    workers(None).await;
}

async fn met_by_two() {
    workers(Some(2)).await;
}

type Request = oneshot::Sender<()>;

/// Three callers at the same time.
async fn call(requests: mpsc::Sender<Request>) {
    let mut callers = JoinSet::new();
    for _ in 0..3 {
        let requests = requests.clone();
        callers.spawn(async move {
            let (done, answer) = oneshot::channel();
            requests.send(done).await.expect("somebody handles it");
            answer.await.expect("it is handled");
        });
    }
    callers.join_all().await;
}

async fn handle(request: Request) {
    delay("handle").await;
    request.send(()).expect("somebody waits");
}

async fn serial() {
    let (requests, mut inbox) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(request) = inbox.recv().await {
            handle(request).await;
        }
    });
    call(requests).await;
}

async fn parallel() {
    let (requests, mut inbox) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(request) = inbox.recv().await {
            tokio::spawn(handle(request));
        }
    });
    call(requests).await;
}

async fn actor() {
    serial().await;
}

async fn eager_actor() {
    // Each message overtakes those before it.
    parallel().await;
}

async fn server() {
    parallel().await;
}

async fn serial_server() {
    serial().await;
}

async fn saved() {
    delay("load").await;
    tokio::spawn(delay("save")).await.expect("it does not panic");
}

async fn forgotten() {
    delay("load").await;
    tokio::spawn(delay("save"));
    // One turn is enough for it to begin, and none for it to end.
    tokio::task::yield_now().await;
}

async fn saved_beside() {
    delay("load").await;
    let saving = tokio::spawn(delay("save"));
    delay("reply").await;
    saving.await.expect("it does not panic");
}

async fn forgotten_beside() {
    delay("load").await;
    let _saving = tokio::spawn(delay("save"));
    delay("reply").await;
}

async fn watched() {
    let (tell, mut told) = watch::channel(false);
    tokio::spawn(async move {
        delay("config").await;
        tell.send_replace(true);
        tell.closed().await;
    });
    told.wait_for(|is_ready| *is_ready).await.expect("somebody tells");
    delay("serve").await;
}

async fn watched_for_change() {
    let (tell, told) = watch::channel(false);
    let mut served = told.clone();
    let telling = tokio::spawn(async move {
        delay("config").await;
        tell.send_replace(true);
        tell.closed().await;
    });
    served.changed().await.expect("somebody tells");
    // It has been seen as changed already, and does not change any more.
    drop(told);
    served.mark_unchanged();
    let _ = served.changed().await;
    telling.await.expect("it does not panic");
    delay("serve").await;
}

async fn subscribed() {
    let (publish, mut events) = broadcast::channel(4);
    tokio::spawn(async move {
        delay("event").await;
        publish.send(())
    });
    delay("connect").await;
    events.recv().await.expect("it is published");
}

async fn subscribed_late() {
    let (publish, _) = broadcast::channel(4);
    let publisher = publish.clone();
    tokio::spawn(async move {
        delay("event").await;
        // Nobody may be there yet, and the event is gone.
        let _ = publisher.send(());
    });
    delay("connect").await;
    publish.subscribe().recv().await.expect("it is published");
}

async fn served(woken: impl Fn(&Notify)) {
    let ready = Arc::new(Notify::new());
    let mut waiters = JoinSet::new();
    for _ in 0..3 {
        let ready = Arc::clone(&ready);
        waiters.spawn(async move {
            ready.notified().await;
            delay("serve").await;
            // So that all are served at last, where only one was woken.
            ready.notify_one();
        });
    }
    tokio::task::yield_now().await;
    delay("setup").await;
    woken(&ready);
    waiters.join_all().await;
}

async fn all_woken() {
    served(Notify::notify_waiters).await;
}

async fn one_woken() {
    served(Notify::notify_one).await;
}

async fn turn_once() {
    serial().await;
    delay("post").await;
}

async fn turn_twice() {
    let (requests, mut inbox) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(request) = inbox.recv().await {
            handle(request).await;
            // What comes after the answer is nobody else's business.
            delay("post").await;
        }
    });
    call(requests).await;
}
