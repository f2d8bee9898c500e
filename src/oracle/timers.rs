//! What waits for the clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::oracle::program::NodeId;

/// Timers by deadline; those of one deadline in the order in which they were set.
#[derive(Default)]
pub(super) struct Timers {
    pending: BinaryHeap<Reverse<(u64, u32, NodeId)>>,
    /// How many were set: no more than there are nodes, which set one each at most.
    set: u32,
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
