//! What waits for the processor: tasks, and the queue in which they take turns.

use std::collections::VecDeque;

use crate::oracle::program::NodeId;

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
    Ended,
}

pub(super) struct Task {
    pub(super) root: NodeId,
    pub(super) life: Life,
    pub(super) is_aborted: bool,
    is_ready: bool,
    /// The nodes that woke since its last turn.
    woken: Vec<NodeId>,
}

/// Every task of a run, and those that are ready: first in, first out.
#[derive(Default)]
pub(super) struct Scheduler {
    tasks: Vec<Task>,
    ready: VecDeque<Number>,
}

impl Scheduler {
    /// Creates a task and queues it.
    pub(super) fn spawn(&mut self, root: NodeId) -> Number {
        let number = Number::try_from(self.tasks.len()).expect("fewer than 2^32 tasks");
        self.tasks.push(Task {
            root,
            life: Life::New,
            is_aborted: false,
            is_ready: false,
            woken: Vec::new(),
        });
        self.make_ready(number);
        number
    }

    pub(super) fn task(&self, number: Number) -> &Task {
        &self.tasks[number as usize]
    }

    pub(super) fn task_mut(&mut self, number: Number) -> &mut Task {
        &mut self.tasks[number as usize]
    }

    /// Queues a task, unless it is in the queue.
    pub(super) fn make_ready(&mut self, number: Number) {
        if !std::mem::replace(&mut self.task_mut(number).is_ready, true) {
            self.ready.push_back(number);
        }
    }

    /// Wakes a task because of one of its nodes.
    pub(super) fn wake(&mut self, number: Number, node: NodeId) {
        self.task_mut(number).woken.push(node);
        self.make_ready(number);
    }

    /// Marks a task for its end, which it meets at its next turn.
    pub(super) fn abort(&mut self, number: Number) {
        if self.task(number).life != Life::Ended {
            self.task_mut(number).is_aborted = true;
            self.make_ready(number);
        }
    }

    /// Takes the task whose turn it is, and what woke in it, in the order in
    /// which that is polled.
    pub(super) fn next_turn(&mut self) -> Option<(Number, Vec<NodeId>)> {
        let number = self.ready.pop_front()?;
        let task = self.task_mut(number);
        task.is_ready = false;
        let mut woken = std::mem::take(&mut task.woken);
        woken.sort_unstable();
        woken.dedup();
        Some((number, woken))
    }

    /// Ends a turn. The list of what woke is handed back, so that the task's next
    /// turns allocate nothing; of a task that has ended it goes.
    pub(super) fn end_turn(&mut self, number: Number, mut woken: Vec<NodeId>) {
        let task = self.task_mut(number);
        if task.life != Life::Ended && task.woken.is_empty() {
            woken.clear();
            task.woken = woken;
        }
    }
}
