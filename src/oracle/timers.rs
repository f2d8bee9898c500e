//! What waits for the clock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use crate::oracle::program::NodeId;

/// Timers by deadline; those of one deadline in the order in which they were set.
///
/// Few are in a heap. Once they were many they are in lists by deadline, since a heap
/// that fits no cache costs several times as much for each.
#[derive(Default)]
pub(super) struct Timers {
    few: BinaryHeap<Reverse<Timer>>,
    /// How many were set in the heap.
    set: u32,
    many: BTreeMap<u64, VecDeque<NodeId>>,
    are_many: bool,
}

/// More timers than these are many.
const FEW: usize = 1024;

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
        self.few.clear();
        self.set = 0;
        if std::mem::take(&mut self.are_many) {
            self.many.clear();
        }
    }

    pub(super) fn set(&mut self, deadline: u64, node: NodeId) {
        if self.are_many {
            self.many.entry(deadline).or_default().push_back(node);
            return;
        }
        self.few.push(Reverse(Timer::new(deadline, self.set, node)));
        self.set += 1;
        if self.few.len() > FEW {
            while let Some(Reverse(timer)) = self.few.pop() {
                self.many.entry(timer.deadline()).or_default().push_back(timer.node());
            }
            self.are_many = true;
        }
    }

    /// The next deadline.
    pub(super) fn next(&self) -> Option<u64> {
        if self.are_many {
            self.many.first_key_value().map(|(deadline, _)| *deadline)
        } else {
            self.few.peek().map(|Reverse(timer)| timer.deadline())
        }
    }

    /// Takes the next timer: its deadline, and whose it is.
    pub(super) fn pop(&mut self) -> Option<(u64, NodeId)> {
        if !self.are_many {
            return self.few.pop().map(|Reverse(timer)| (timer.deadline(), timer.node()));
        }
        let mut next = self.many.first_entry()?;
        let (deadline, node) = (*next.key(), next.get_mut().pop_front());
        if next.get().is_empty() {
            next.remove();
        }
        node.map(|node| (deadline, node))
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, Timers};

    #[test]
    fn those_of_one_deadline_fire_as_they_were_set_however_many_they_are() {
        let mut timers = Timers::default();
        for count in [1, FEW, FEW + 1, 3 * FEW] {
            timers.clear();
            let nodes = 0..u32::try_from(count).expect("a few");
            nodes.clone().for_each(|node| timers.set(u64::from(node % 7), node));
            assert_eq!(timers.are_many, count > FEW, "{count}");
            let mut expected: Vec<_> = nodes.map(|node| (u64::from(node % 7), node)).collect();
            expected.sort_unstable();
            assert_eq!(timers.next(), Some(0));
            let fired: Vec<_> = std::iter::from_fn(|| timers.pop()).collect();
            assert_eq!(fired, expected);
            assert_eq!(timers.next(), None);
        }
    }
}
