//! What waits for the processor: tasks, and the queue in which they take turns.

use crate::oracle::program::{NOBODY, NodeId};

/// A task, numbered in the order of creation.
pub(super) type Number = u32;

/// How far a task has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It has not had a turn.
    New,
    /// It waits for a permit before it begins.
    Queueing,
    /// It has polled its root.
    Begun,
    /// It meets its end at its next turn.
    Aborted,
    Ended,
}

pub(super) struct Task {
    pub(super) root: NodeId,
    /// The group that spawned it; of the whole scenario's task there is none.
    pub(super) spawner: NodeId,
    /// The node in it that woke last, of those that woke since its last turn.
    pub(super) woken: NodeId,
    /// The task that has its turn after this one, if both wait for theirs.
    next_ready: Number,
    is_ready: bool,
    pub(super) life: Life,
}

/// What a task is in whose turn it is.
pub(super) struct Turn {
    pub(super) task: Number,
    pub(super) root: NodeId,
    pub(super) life: Life,
    /// The node in it that woke last.
    pub(super) woken: NodeId,
}

/// Every task of a run, and those that are ready: first in, first out.
pub(super) struct Scheduler {
    tasks: Vec<Task>,
    /// The first and the last of those that are ready.
    ready: Option<(Number, Number)>,
}

impl Scheduler {
    pub(super) const fn new() -> Self {
        Self { tasks: Vec::new(), ready: None }
    }

    /// Makes ready for so many tasks.
    pub(super) fn clear(&mut self, tasks: usize) {
        self.tasks.clear();
        self.tasks.reserve(tasks);
        self.ready = None;
    }

    /// Creates a task and queues it.
    pub(super) fn spawn(&mut self, root: NodeId, spawner: NodeId) -> Number {
        let number = Number::try_from(self.tasks.len()).expect("fewer than 2^32 tasks");
        self.tasks.push(Task {
            root,
            spawner,
            woken: NOBODY,
            next_ready: number,
            is_ready: true,
            life: Life::New,
        });
        self.queue(number);
        number
    }

    pub(super) fn task(&self, number: Number) -> &Task {
        &self.tasks[number as usize]
    }

    pub(super) fn task_mut(&mut self, number: Number) -> &mut Task {
        &mut self.tasks[number as usize]
    }

    /// Puts a task at the end of the queue.
    fn queue(&mut self, number: Number) {
        let first = match self.ready {
            Some((first, last)) => {
                self.tasks[last as usize].next_ready = number;
                first
            }
            None => number,
        };
        self.ready = Some((first, number));
    }

    /// Queues a task, unless it is in the queue.
    pub(super) fn make_ready(&mut self, number: Number) {
        if !std::mem::replace(&mut self.task_mut(number).is_ready, true) {
            self.queue(number);
        }
    }

    /// Marks a task for its end, which it meets at its next turn.
    pub(super) fn abort(&mut self, number: Number) {
        if self.task(number).life != Life::Ended {
            self.task_mut(number).life = Life::Aborted;
            self.make_ready(number);
        }
    }

    /// Whether nobody waits for a turn.
    pub(super) const fn is_idle(&self) -> bool {
        self.ready.is_none()
    }

    /// Takes the task whose turn it is, and what woke in it.
    pub(super) fn next_turn(&mut self) -> Option<Turn> {
        let (number, last) = self.ready?;
        let task = &mut self.tasks[number as usize];
        task.is_ready = false;
        self.ready = (number != last).then_some((task.next_ready, last));
        let woken = std::mem::replace(&mut task.woken, NOBODY);
        Some(Turn { task: number, root: task.root, life: task.life, woken })
    }
}
