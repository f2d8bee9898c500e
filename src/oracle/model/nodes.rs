//! What nodes do: they start, resume, finish and are cut.

use std::collections::VecDeque;
use std::ops::Range;

use crate::oracle::model::{Model, Semaphore};
use crate::oracle::program::{Action, NOBODY, Node, NodeId, Phase};
use crate::oracle::scheduler::Life;
use crate::trace::Kind;

impl Model {
    /// Polls a node for the first time; returns whether it is over at once.
    pub(super) fn start(&mut self, id: NodeId, task: u32) -> bool {
        let node = self.node_mut(id);
        node.phase = Phase::Live;
        node.task = task;
        let &mut Node { action, first_child, .. } = node;
        let is_over = match action {
            Action::Steps { first, end } => self.advance_steps(id, first..end, false),
            group => self.start_group(id, group, first_child, task),
        };
        if is_over {
            self.node_mut(id).phase = Phase::Over;
        }
        is_over
    }

    fn start_group(&mut self, id: NodeId, group: Action, first_child: NodeId, task: u32) -> bool {
        match group {
            Action::Steps { .. } => unreachable!("steps are no group"),
            Action::Sequence => self.advance(id, first_child),
            Action::Join => {
                let mut open = 0;
                self.for_each_child(id, |model, child| {
                    open += u32::from(!model.start(child, task));
                    true
                });
                self.node_mut(id).at = open;
                open == 0
            }
            Action::Race => {
                let mut won = false;
                self.for_each_child(id, |model, child| {
                    won = model.start(child, task);
                    !won
                });
                if won {
                    self.cut_children(id);
                }
                won
            }
            Action::Timeout { limit } => {
                let ticks = self.program.limit(limit);
                if self.start(first_child, task) {
                    true
                } else if ticks == 0 {
                    self.cut(first_child);
                    true
                } else {
                    self.timers.set(self.now + ticks, id);
                    false
                }
            }
            Action::Spawn | Action::Tasks => self.spawn_children(id),
            Action::Limit { permits } => {
                self.semaphores.insert(id, Semaphore { free: permits, waiting: VecDeque::new() });
                self.spawn_children(id)
            }
        }
    }

    /// Calls `f` with each child in turn, for as long as it says so.
    fn for_each_child(&mut self, id: NodeId, mut f: impl FnMut(&mut Self, NodeId) -> bool) {
        let mut child = self.node(id).first_child;
        while child != NOBODY && f(self, child) {
            child = self.node(child).next;
        }
    }

    /// Takes steps one after another, up to the first that has to wait for the
    /// clock. Returns whether there was none.
    ///
    /// Where nothing else is left to do in this turn, the clock `may_move`: to the
    /// end of a step that is the next thing to happen anyway.
    #[inline(always)]
    fn advance_steps(&mut self, id: NodeId, steps: Range<u32>, may_move: bool) -> bool {
        let task = self.node(id).task;
        for step in steps {
            self.log(task, Kind::Start, step);
            let ticks = self.program.ticks(step);
            if ticks > 0 {
                let deadline = self.now + ticks;
                if !may_move || !self.is_next(deadline) {
                    self.node_mut(id).at = step;
                    self.timers.set(deadline, id);
                    return false;
                }
                self.now = deadline;
            }
            self.log(task, Kind::Finish, step);
        }
        true
    }

    /// Starts the children of a sequence from one on, up to the first that is
    /// not over at once. Returns whether there was none.
    fn advance(&mut self, id: NodeId, from: NodeId) -> bool {
        let task = self.node(id).task;
        let mut child = from;
        while child != NOBODY {
            self.node_mut(id).at = child;
            if !self.start(child, task) {
                return false;
            }
            child = self.node(child).next;
        }
        true
    }

    #[inline(always)]
    fn spawn_children(&mut self, id: NodeId) -> bool {
        let &Node { first_child, children, task: by, .. } = self.node(id);
        let mut child = first_child;
        while child != NOBODY {
            let task = self.scheduler.spawn(child, id);
            if child == first_child {
                self.node_mut(id).first_task = task;
            }
            self.log(by, Kind::Spawn, task);
            child = self.node(child).next;
        }
        children == 0
    }

    /// Polls a node that woke.
    #[inline(always)]
    pub(super) fn resume(&mut self, id: NodeId) {
        let &Node { action, children, task, at, first_task, .. } = self.node(id);
        match action {
            Action::Steps { end, .. } => {
                self.log(task, Kind::Finish, at);
                if self.advance_steps(id, at + 1..end, self.turn.is_empty()) {
                    self.finish(id);
                }
            }
            Action::Timeout { .. } => {
                self.cut_children(id);
                self.finish(id);
            }
            Action::Spawn | Action::Limit { .. } => {
                let mut joined = at;
                while joined < children
                    && self.scheduler.task(first_task + joined).life == Life::Ended
                {
                    self.log(task, Kind::Join, first_task + joined);
                    joined += 1;
                }
                self.node_mut(id).at = joined;
                if joined == children {
                    self.finish(id);
                }
            }
            Action::Tasks => {
                while let Some(ended) = self.ended.get_mut(&id).and_then(VecDeque::pop_front) {
                    self.log(task, Kind::Join, ended);
                    self.node_mut(id).at += 1;
                }
                if self.node(id).at == children {
                    self.finish(id);
                }
            }
            Action::Sequence | Action::Join | Action::Race => {
                unreachable!("nothing wakes a group whose children run in its own task")
            }
        }
    }

    /// A node is over: goes outwards as far as that ends what is around it.
    #[inline(always)]
    fn finish(&mut self, id: NodeId) {
        let mut id = id;
        loop {
            let node = self.node_mut(id);
            node.phase = Phase::Over;
            let &mut Node { parent, next, task, .. } = node;
            if self.scheduler.task(task).root == id {
                return self.end(task);
            }
            let is_over = match self.node(parent).action {
                Action::Sequence => self.advance(parent, next),
                Action::Join => {
                    let open = &mut self.node_mut(parent).at;
                    *open -= 1;
                    *open == 0
                }
                Action::Race => {
                    self.cut_children(parent);
                    true
                }
                _ => true,
            };
            if !is_over {
                return;
            }
            id = parent;
        }
    }

    /// Drops a node. What was going on in its task ends here; its tasks are
    /// aborted or left running, as their form has it.
    pub(super) fn cut(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let &mut Node { action, phase, task, at, first_task, .. } = node;
        if phase != Phase::Live {
            return;
        }
        node.phase = Phase::Over;
        match action {
            Action::Steps { .. } => self.log(task, Kind::Cancel, at),
            Action::Sequence => self.cut(at),
            Action::Join | Action::Race | Action::Timeout { .. } => self.cut_children(id),
            Action::Tasks => {
                for place in 0..self.node(id).children {
                    self.scheduler.abort(first_task + place);
                }
            }
            Action::Spawn | Action::Limit { .. } => {}
        }
    }

    fn cut_children(&mut self, id: NodeId) {
        self.for_each_child(id, |model, child| {
            model.cut(child);
            true
        });
    }
}
