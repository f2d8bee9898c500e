//! The work as one writes it by hand on tokio, with a log.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep};

use crate::log::{Entry, Kind, ROOT};

/// A runtime as a paused test has it, with the time driver only.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

/// Makes a coroutine for each sleep, then awaits them one after another, as the
/// scenario does. The log is a local variable: there is one task.
pub(crate) fn sequential(runtime: &Runtime, durations: &[Duration]) -> Vec<Entry> {
    let log = RefCell::new(Vec::with_capacity(2 * durations.len()));
    runtime.block_on(async {
        let start = Instant::now();
        let record = |kind, step| log.borrow_mut().push(entry(start, ROOT, kind, step));
        let coroutine = async |step, duration| {
            record(Kind::Start, step);
            sleep(duration).await;
            record(Kind::Finish, step);
        };
        let coroutines: Vec<_> =
            durations.iter().zip(0..).map(|(&duration, step)| coroutine(step, duration)).collect();
        for coroutine in coroutines {
            coroutine.await;
        }
    });
    log.into_inner()
}

thread_local! {
    static LOG: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// Spawns a task for each sleep and awaits them in that order.
pub(crate) fn spawned(runtime: &Runtime, durations: &Arc<[Duration]>) -> Vec<Entry> {
    LOG.set(Vec::with_capacity(4 * durations.len()));
    let durations = Arc::clone(durations);
    let whole = async move {
        let start = Instant::now();
        let record = move |task, kind, subject| {
            let entry = entry(start, task, kind, subject);
            LOG.with_borrow_mut(|log| log.push(entry));
        };
        let handles: Vec<_> = durations
            .iter()
            .zip(0..)
            .map(|(&duration, step)| {
                let task = step + 1;
                record(ROOT, Kind::Spawn, task);
                tokio::spawn(async move {
                    record(task, Kind::Start, step);
                    sleep(duration).await;
                    record(task, Kind::Finish, step);
                })
            })
            .collect();
        for (handle, task) in handles.into_iter().zip(1..) {
            handle.await.expect("no task panics");
            record(ROOT, Kind::Join, task);
        }
    };
    // In a task, and without the budget that would make it yield between two
    // joins: the same turns as in a run of the scenario, so the same log.
    runtime.block_on(async { tokio::spawn(unconstrained(whole)).await }).expect("no task panics");
    LOG.take()
}

fn entry(start: Instant, task: u32, kind: Kind, subject: u32) -> Entry {
    let elapsed = start.elapsed();
    Entry {
        nanos: elapsed.as_secs() * 1_000_000_000 + u64::from(elapsed.subsec_nanos()),
        task,
        subject,
        kind,
    }
}
