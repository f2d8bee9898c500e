//! What waits for its turn: tasks for the processor, timers for the clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::oracle::program::NodeId;

/// Tasks that are ready, first in, first out.
#[derive(Default)]
pub(super) struct RunQueue(VecDeque<u32>);

impl RunQueue {
    pub(super) fn push(&mut self, task: u32) {
        self.0.push_back(task);
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        self.0.pop_front()
    }
}

/// Timers by deadline; those of one deadline in the order in which they were set.
#[derive(Default)]
pub(super) struct Timers {
    pending: BinaryHeap<Reverse<(u64, u64, NodeId)>>,
    set: u64,
}

impl Timers {
    pub(super) fn set(&mut self, deadline: u64, node: NodeId) {
        self.pending.push(Reverse((deadline, self.set, node)));
        self.set += 1;
    }

    /// The next deadline, and whose it is.
    pub(super) fn next(&self) -> Option<(u64, NodeId)> {
        self.pending.peek().map(|Reverse((deadline, _, node))| (*deadline, *node))
    }

    pub(super) fn pop(&mut self) {
        self.pending.pop();
    }
}
