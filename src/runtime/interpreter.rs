//! Plays a scenario: the tree as futures and tasks of tokio.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::runtime::branches::{BoxFuture, join, race};
use crate::runtime::probe::{Started, joined, spawned, wait_for};
use crate::scenario::{Form, Group, Scenario, View};
use crate::trace::TaskId;

/// Where in the run a part of the scenario is played.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) task: TaskId,
    /// The number of the first step in this part.
    pub(super) first_step: u32,
}

/// The future of a scenario. It does nothing before it is polled.
pub(super) fn play(place: Place, scenario: &Scenario) -> BoxFuture {
    match scenario.view() {
        View::Step { duration, .. } => Box::pin(step(place, duration)),
        View::Group(group) => {
            let shared = Arc::clone(group);
            match group.form {
                Form::Sequential => Box::pin(sequential(place, shared)),
                Form::Spawned => Box::pin(spawn(place, shared)),
                Form::Tasks => Box::pin(tasks(place, shared)),
                Form::Joined => Box::pin(side_by_side(place, shared)),
                Form::Raced => Box::pin(first_of(place, shared)),
                Form::Timeout(limit) => Box::pin(until(place, limit, shared)),
                Form::Limited(permits) => Box::pin(limited(place, permits, shared)),
            }
        }
    }
}

async fn step(place: Place, duration: Duration) {
    let started = Started::new(place.task, place.first_step, duration);
    sleep(duration).await;
    started.finish();
}

/// The children of a group, each with its place in the same task.
fn children(place: Place, group: &Group) -> impl Iterator<Item = (Place, &Scenario)> {
    let mut first_step = place.first_step;
    group.children.iter().map(move |child| {
        let place = Place { first_step, ..place };
        let steps = u32::try_from(child.step_count()).expect("the cap on steps is below 2^32");
        first_step += steps;
        (place, child)
    })
}

async fn sequential(place: Place, group: Arc<Group>) {
    // All are made before the first is awaited, as a program makes coroutines and
    // then awaits them: until its turn comes, a future does nothing.
    let parts: Vec<_> = children(place, &group)
        .map(|(place, child)| match child.view() {
            // A step needs no box of its own.
            View::Step { duration, .. } => Part::Step(step(place, duration)),
            View::Group(_) => Part::Group(play(place, child)),
        })
        .collect();
    for part in parts {
        match part {
            Part::Step(step) => step.await,
            Part::Group(group) => group.await,
        }
    }
}

/// A child of a sequence, made and not awaited yet.
enum Part<Step> {
    Step(Step),
    Group(BoxFuture),
}

async fn side_by_side(place: Place, group: Arc<Group>) {
    join(children(place, &group).map(|(place, child)| play(place, child))).await;
}

async fn first_of(place: Place, group: Arc<Group>) {
    race(children(place, &group).map(|(place, child)| play(place, child))).await;
}

async fn until(place: Place, limit: Duration, group: Arc<Group>) {
    wait_for(limit);
    // Both ends of it count: what was cut has logged so when it was dropped.
    let _ = timeout(limit, play(place, &group.children[0])).await;
}

async fn spawn(place: Place, group: Arc<Group>) {
    let handles = children(place, &group)
        .map(|(place, child)| {
            let place = Place { task: spawned(place.task), ..place };
            let handle = match child.view() {
                View::Step { duration, .. } => tokio::spawn(unconstrained(step(place, duration))),
                View::Group(_) => tokio::spawn(unconstrained(play(place, child))),
            };
            (place.task, handle)
        })
        .collect();
    await_all(place, handles).await;
}

async fn limited(place: Place, permits: usize, group: Arc<Group>) {
    let permits = permits.min(Semaphore::MAX_PERMITS);
    let semaphore = Arc::new(Semaphore::new(permits));
    let handles = children(place, &group)
        .map(|(place, child)| {
            let place = Place { task: spawned(place.task), ..place };
            let (semaphore, work) = (Arc::clone(&semaphore), play(place, child));
            let handle = tokio::spawn(unconstrained(async move {
                let _permit = semaphore.acquire().await.expect("nobody closes the semaphore");
                work.await;
            }));
            (place.task, handle)
        })
        .collect();
    await_all(place, handles).await;
}

/// Awaits tasks in the order of their creation.
async fn await_all(place: Place, handles: Vec<(TaskId, JoinHandle<()>)>) {
    for (task, handle) in handles {
        handle.await.expect("tasks of a scenario neither panic nor are they aborted by handle");
        joined(place.task, task);
    }
}

async fn tasks(place: Place, group: Arc<Group>) {
    let mut set = JoinSet::new();
    for (place, child) in children(place, &group) {
        let place = Place { task: spawned(place.task), ..place };
        match child.view() {
            View::Step { duration, .. } => set.spawn(unconstrained(async move {
                step(place, duration).await;
                place.task
            })),
            View::Group(_) => {
                let work = play(place, child);
                set.spawn(unconstrained(async move {
                    work.await;
                    place.task
                }))
            }
        };
    }
    while let Some(task) = set.join_next().await {
        let task = task.expect("only a set that is dropped aborts its tasks");
        joined(place.task, task);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio_test::{assert_pending, assert_ready};

    use super::{Place, play};
    use crate::runtime::probe::{self, Recording};
    use crate::scenario::Scenario;
    use crate::trace::TaskId;

    const ROOT: Place = Place { task: TaskId::ROOT, first_step: 0 };

    /// Plays a scenario by hand in a paused runtime; returns the log.
    fn by_hand(scenario: &Scenario, drive: impl AsyncFnOnce(Play)) -> String {
        let recording = Recording::new(0).expect("no other recording on this thread");
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(async {
            probe::open();
            drive(tokio_test::task::spawn(play(ROOT, scenario))).await;
            probe::close();
        });
        format!("{:#}", recording.finish(scenario.step_names()))
    }

    type Play = tokio_test::task::Spawn<crate::runtime::branches::BoxFuture>;

    async fn pass(millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    #[test]
    fn a_future_does_nothing_before_its_first_poll() {
        let log = by_hand(&crate::scenario!(seq(a: 2ms, b: 1ms)), async |mut future| {
            // Made at +0ms, polled at +5ms: nothing has run down in between.
            pass(5).await;
            assert!(!future.is_woken());
            assert_pending!(future.poll());
            pass(1).await;
            assert!(!future.is_woken());
            pass(1).await;
            assert!(future.is_woken());
            // Woken at +7ms and polled at +9ms: `b` is awaited only now.
            pass(2).await;
            assert_pending!(future.poll());
            pass(1).await;
            assert_ready!(future.poll());
        });
        let expected =
            ["+5ms a starts", "+9ms a finishes", "+9ms b starts", "+10ms b finishes"].join("\n");
        assert_eq!(log, expected);
    }

    #[test]
    fn a_future_that_is_never_polled_never_starts() {
        let log = by_hand(&crate::scenario!(spawn(a: 2ms)), async |future| {
            pass(5).await;
            drop(future);
        });
        assert_eq!(log, "");
    }

    #[test]
    fn tasks_start_when_their_creator_first_suspends() {
        let scenario = crate::scenario!(seq(spawn(a: 1ms, b: 1ms), c: 0ms));
        let log = by_hand(&scenario, async |mut future| {
            assert_pending!(future.poll());
            // A mark in the log: both tasks are queued, and this one has not suspended.
            probe::joined(TaskId::ROOT, TaskId::ROOT);
            pass(2).await;
            assert!(future.is_woken());
            assert_ready!(future.poll());
        });
        let expected = [
            "+0ms task 1 spawned",
            "+0ms task 2 spawned",
            "+0ms task 0 joined",
            "+0ms a starts",
            "+0ms b starts",
            "+1ms a finishes",
            "+1ms b finishes",
            "+2ms task 1 joined",
            "+2ms task 2 joined",
            "+2ms c starts",
            "+2ms c finishes",
        ];
        assert_eq!(log, expected.join("\n"));
    }

    #[test]
    fn only_the_child_that_woke_is_polled() {
        let scenario = crate::scenario!(join(a: 3ms, race(b: 1ms, c: 2ms)));
        let log = by_hand(&scenario, async |mut future| {
            assert_pending!(future.poll());
            pass(1).await;
            assert!(future.is_woken());
            // A poll that nobody asked for changes nothing.
            assert_pending!(future.poll());
            assert_pending!(future.poll());
            pass(2).await;
            assert_ready!(future.poll());
        });
        let expected = [
            "+0ms a starts",
            "+0ms b starts",
            "+0ms c starts",
            "+1ms b finishes",
            "+1ms c cancelled",
            "+3ms a finishes",
        ];
        assert_eq!(log, expected.join("\n"));
    }
}
