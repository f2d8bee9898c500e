//! What waits for the clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::oracle::program::NodeId;

/// Timers by deadline; those of one deadline in the order in which they were set.
#[derive(Default)]
pub(super) struct Timers {
    pending: BinaryHeap<Reverse<Timer>>,
    /// How many were set: no more than there are steps and timeouts, which set one
    /// each at most.
    set: u32,
}

/// A deadline, how many timers were set before, and whose it is: one number each
/// from the top down, so that two timers are compared at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Timer(u128);

impl Timer {
    fn new(deadline: u64, before: u32, node: NodeId) -> Self {
        Self(u128::from(deadline) << 64 | u128::from(before) << 32 | u128::from(node))
    }

    const fn deadline(self) -> u64 {
        (self.0 >> 64) as u64
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are the node")]
    const fn node(self) -> NodeId {
        self.0 as NodeId
    }
}

impl Timers {
    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.set = 0;
    }

    pub(super) fn set(&mut self, deadline: u64, node: NodeId) {
        self.pending.push(Reverse(Timer::new(deadline, self.set, node)));
        self.set += 1;
    }

    /// The next deadline.
    pub(super) fn next(&self) -> Option<u64> {
        self.pending.peek().map(|Reverse(timer)| timer.deadline())
    }

    /// Takes the next timer: its deadline, and whose it is.
    pub(super) fn pop(&mut self) -> Option<(u64, NodeId)> {
        self.pending.pop().map(|Reverse(timer)| (timer.deadline(), timer.node()))
    }
}
