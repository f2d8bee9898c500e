//! How runtimes, tasks and handles end.

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep};

use super::{DAY, Log, YEAR, fact, ms, paused};

/// Tells when it is dropped.
struct Dropped(Log<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.push("dropped");
    }
}

/// A run counts the tasks that are alive at its end, and says where they stand.
#[test]
fn block_on_does_not_wait_for_tasks_and_the_runtime_drops_them_in_silence() {
    let (runtime, log) = (paused(), Log::new());
    let held = Dropped(log.clone());
    let own = log.clone();
    runtime.block_on(async {
        drop(tokio::spawn(async move {
            let _held = held;
            sleep(DAY).await;
            own.push("done");
        }));
        sleep(ms(5)).await;
    });
    log.push("block_on is over");
    drop(runtime);
    fact!(log.take(), ["block_on is over", "dropped"]);
}

/// `Run::leaked_tasks` is that number.
#[tokio::test(start_paused = true)]
async fn the_number_of_tasks_alive_counts_those_that_are_not_done() {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let before = alive();
    drop(tokio::spawn(async {}));
    drop(tokio::spawn(sleep(ms(5))));
    let aborted = tokio::spawn(sleep(DAY));
    let spawned = alive();
    sleep(ms(1)).await;
    let one_done = alive();
    sleep(ms(5)).await;
    let two_done = alive();
    aborted.abort();
    yield_now().await;
    fact!([before, spawned, one_done, two_done, alive()], [0, 3, 2, 1, 0]);
}

/// The future under test is dropped inside of `block_on`.
#[test]
fn what_is_dropped_after_block_on_reads_real_time() {
    struct Read(Log<Instant>);
    impl Drop for Read {
        fn drop(&mut self) {
            self.0.push(Instant::now());
        }
    }
    let (log, runtime) = (Log::new(), paused());
    let kept = runtime.block_on(async {
        drop(Read(log.clone()));
        sleep(YEAR).await;
        drop(Read(log.clone()));
        Read(log.clone())
    });
    drop(kept);
    let times = log.take();
    fact!(times[1] - times[0], YEAR);
    fact!(times[2] < times[1], true);
}

/// `spawn(..)` that is cut leaves its tasks running.
#[tokio::test(start_paused = true)]
async fn a_dropped_join_handle_detaches_its_task() {
    let log = Log::new();
    let own = log.clone();
    drop(tokio::spawn(async move {
        sleep(ms(5)).await;
        own.push("done");
    }));
    sleep(ms(9)).await;
    fact!(log.take(), ["done"]);
}

/// `tasks(..)` that is cut aborts its tasks, at their next turn.
#[tokio::test(start_paused = true)]
async fn a_dropped_join_set_aborts_its_tasks_at_their_next_turn() {
    let log = Log::new();
    let mut tasks = JoinSet::new();
    for _ in 0..2 {
        let held = Dropped(log.clone());
        tasks.spawn(async move {
            let _held = held;
            sleep(ms(5)).await;
        });
    }
    sleep(ms(1)).await;
    drop(tasks);
    log.push("the set is dropped");
    yield_now().await;
    fact!(log.take(), ["the set is dropped", "dropped", "dropped"]);
}

/// The oracle marks such a task, which never starts.
#[tokio::test(start_paused = true)]
async fn a_task_that_is_aborted_before_its_first_turn_never_starts() {
    let log = Log::new();
    let own = log.clone();
    let task = tokio::spawn(async move { own.push("started") });
    task.abort();
    let is_cancelled = task.await.is_err_and(|error| error.is_cancelled());
    fact!((is_cancelled, log.take().len()), (true, 0));
}

/// At a tie the law of code that aborts is the root's.
#[tokio::test(start_paused = true)]
async fn an_abort_by_the_root_at_the_deadline_of_a_task_wins() {
    let (sender, told) = oneshot::channel();
    let task = tokio::spawn(async move {
        sleep(ms(10)).await;
        let _ = sender.send(());
    });
    yield_now().await; // the task sets its timer first
    sleep(ms(10)).await;
    task.abort();
    let is_cancelled = task.await.is_err_and(|error| error.is_cancelled());
    fact!((is_cancelled, told.await.is_ok()), (true, false));
}
