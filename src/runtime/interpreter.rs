//! Plays a scenario: the tree as futures and tasks of tokio.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::runtime::branches::{BoxFuture, join, race};
use crate::runtime::probe::{Started, joined, spawned};
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
    let started = Started::new(place.task, place.first_step);
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
    for (place, child) in children(place, &group) {
        match child.view() {
            // A step needs no box; ten thousand of them in a row do not either.
            View::Step { duration, .. } => step(place, duration).await,
            View::Group(_) => play(place, child).await,
        }
    }
}

async fn side_by_side(place: Place, group: Arc<Group>) {
    join(children(place, &group).map(|(place, child)| play(place, child))).await;
}

async fn first_of(place: Place, group: Arc<Group>) {
    race(children(place, &group).map(|(place, child)| play(place, child))).await;
}

async fn until(place: Place, limit: Duration, group: Arc<Group>) {
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
