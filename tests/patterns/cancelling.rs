//! `select!`, abort and drop: what is cut, and what goes on.

use std::sync::Arc;

use makespan::delay;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Duration, interval, sleep, timeout};

use super::{ms, pairs};

pairs! {
    a_deadline_outlives_a_turn_of_the_loop { deadline(), deadline_of_each_turn() => min(sum(event), 100ms) }
    work_outlives_a_turn_of_the_loop { pinned(), made_anew() => job[0] }
    joined_is_not_selected { both(), either() => max(save, notify) }
    selected_is_not_joined { either_of(), both_of() => min(work, cancel) }
    an_abort_ends_a_task { aborted(), only_dropped() => signal }
    a_task_that_is_cut_lets_go_of_its_lock { cut(), detached() => min(job, 100ms) + next }
    a_set_that_is_dropped_aborts { set_dropped(), tasks_dropped() => first + next }
    what_is_cancelled_is_cleaned_up { cleaned_up(), not_cleaned_up() => min(work, cancel) + cleanup }
    a_branch_leaves_the_other_for_later { kept(), lost() => max(left[0], right[0]) }
    a_cancelled_batch_ends_at_once { batch_aborted(), batch_by_flag() => min(sum(item), 300ms) }
}

/// Sends three events, each some time after the one before.
fn events() -> mpsc::Receiver<u32> {
    let (send, events) = mpsc::channel(3);
    tokio::spawn(async move {
        for event in 0..3 {
            delay("event").await;
            if send.send(event).await.is_err() {
                return;
            }
        }
    });
    events
}

async fn deadline() {
    let mut events = events();
    let deadline = sleep(ms(100));
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            event = events.recv() => if event.is_none() { return },
            () = &mut deadline => return,
        }
    }
}

async fn deadline_of_each_turn() {
    let mut events = events();
    loop {
        tokio::select! {
            event = events.recv() => if event.is_none() { return },
            // With every event it begins anew.
            () = sleep(ms(100)) => return,
        }
    }
}

const HEARTBEAT: Duration = Duration::from_secs(60);

async fn pinned() {
    let mut heartbeat = interval(HEARTBEAT);
    let job = delay("job");
    tokio::pin!(job);
    loop {
        tokio::select! {
            () = &mut job => return,
            _ = heartbeat.tick() => {}
        }
    }
}

async fn made_anew() {
    let mut heartbeat = interval(HEARTBEAT);
    loop {
        tokio::select! {
            // With every heartbeat it begins anew, and never ends if it takes longer.
            () = delay("job") => return,
            _ = heartbeat.tick() => {}
        }
    }
}

async fn both() {
    tokio::join!(delay("save"), delay("notify"));
}

async fn either() {
    tokio::select! {
        () = delay("save") => {}
        () = delay("notify") => {}
    }
}

async fn either_of() {
    tokio::select! {
        () = delay("work") => {}
        () = delay("cancel") => {}
    }
}

async fn both_of() {
    tokio::join!(delay("work"), delay("cancel"));
}

async fn aborted() {
    let worker = tokio::spawn(delay("worker"));
    delay("signal").await;
    worker.abort();
    let _ = worker.await;
}

async fn only_dropped() {
    let (send, mut ended) = mpsc::channel::<()>(1);
    let worker = tokio::spawn(async move {
        delay("worker").await;
        drop(send);
    });
    delay("signal").await;
    // A task does not end with its handle.
    drop(worker);
    ended.recv().await;
}

async fn job(lock: Arc<Mutex<()>>) {
    let _lock = lock.lock().await;
    delay("job").await;
}

async fn cut() {
    let lock = Arc::new(Mutex::new(()));
    let _ = timeout(ms(100), job(Arc::clone(&lock))).await;
    let _lock = lock.lock().await;
    delay("next").await;
}

async fn detached() {
    let lock = Arc::new(Mutex::new(()));
    // The limit drops a handle, and the job behind it keeps the lock.
    let _ = timeout(ms(100), tokio::spawn(job(Arc::clone(&lock)))).await;
    let _lock = lock.lock().await;
    delay("next").await;
}

async fn locked(name: &'static str, lock: Arc<Mutex<()>>) {
    let _lock = lock.lock().await;
    delay(name).await;
}

async fn set_dropped() {
    let lock = Arc::new(Mutex::new(()));
    let mut tasks = JoinSet::new();
    tasks.spawn(locked("other", Arc::clone(&lock)));
    delay("first").await;
    drop(tasks);
    locked("next", lock).await;
}

async fn tasks_dropped() {
    let lock = Arc::new(Mutex::new(()));
    let tasks = vec![tokio::spawn(locked("other", Arc::clone(&lock)))];
    delay("first").await;
    drop(tasks);
    locked("next", lock).await;
}

async fn cleaned_up() {
    tokio::select! {
        () = delay("work") => {}
        () = delay("cancel") => {}
    }
    delay("cleanup").await;
}

async fn not_cleaned_up() {
    let work = async {
        delay("work").await;
        // Who is cancelled does not come so far.
        delay("cleanup").await;
    };
    tokio::select! {
        () = work => {}
        () = delay("cancel") => {}
    }
}

async fn kept() {
    let (left, right) = (delay("left"), delay("right"));
    tokio::pin!(left, right);
    tokio::select! {
        () = &mut left => right.await,
        () = &mut right => left.await,
    }
}

async fn lost() {
    tokio::select! {
        () = delay("left") => delay("right").await,
        () = delay("right") => delay("left").await,
    }
}

async fn batch_aborted() {
    let batch = tokio::spawn(async {
        for _ in 0..3 {
            delay("item").await;
        }
    });
    let stop = batch.abort_handle();
    tokio::spawn(async move {
        sleep(ms(300)).await;
        stop.abort();
    });
    let _ = batch.await;
}

async fn batch_by_flag() {
    let is_stopped = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stop = Arc::clone(&is_stopped);
    tokio::spawn(async move {
        sleep(ms(300)).await;
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    for _ in 0..3 {
        // Seen between two items, and not within one.
        if is_stopped.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        delay("item").await;
    }
}
