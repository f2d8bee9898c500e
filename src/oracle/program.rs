//! A scenario as a table of nodes.

use std::time::Duration;

use crate::scenario::{Form, Group, Scenario, View};

/// A node's number: its place when children are counted before their parents.
///
/// Inside one task that is also the order in which woken nodes are polled. A
/// join polls its children as they were declared, and a timeout polls its work
/// before its own timer.
pub(super) type NodeId = u32;

/// No node: of the whole there is no parent, of a last child no next one.
pub(super) const NOBODY: NodeId = NodeId::MAX;

#[derive(Clone, Copy)]
pub(super) enum Action {
    /// Steps that one task takes one after another, by their numbers: from one
    /// on, up to another. A step that stands by itself is one of these too.
    Steps {
        first: u32,
        end: u32,
    },
    Sequence,
    Join,
    Race,
    Timeout {
        /// Which of the limits.
        limit: u32,
    },
    Spawn,
    Tasks,
    Limit {
        permits: u32,
    },
}

/// How far a node has come. A node runs once at most, so `Over` is for good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Ahead,
    Live,
    Over,
}

/// A part of a scenario, and what is known of it while it runs.
pub(super) struct Node {
    pub(super) action: Action,
    pub(super) parent: NodeId,
    /// The next child of its parent.
    pub(super) next: NodeId,
    pub(super) first_child: NodeId,
    pub(super) children: u32,
    /// The task in which it runs.
    pub(super) task: u32,
    /// Of steps: the number of the one that is going on. Of a sequence: the child
    /// it awaits. Of a join: how many children are not over. Of a group of tasks:
    /// how many it has joined.
    pub(super) at: u32,
    /// Of a group of tasks: the number of its first task.
    pub(super) first_task: u32,
    /// Which node of its task woke before it.
    pub(super) woken_before: NodeId,
    pub(super) is_woken: bool,
    pub(super) phase: Phase,
}

#[derive(Default)]
pub(super) struct Program {
    nodes: Vec<Node>,
    /// How long a step takes, by its number.
    ticks: Vec<u64>,
    /// How long timeouts wait.
    limits: Vec<u64>,
}

impl Program {
    /// Writes down a scenario in the place of what was here.
    pub(super) fn load(&mut self, scenario: &Scenario) {
        self.nodes.clear();
        self.ticks.clear();
        self.limits.clear();
        self.nodes.reserve(scenario.size());
        self.ticks.reserve(scenario.step_count());
        self.add(scenario);
    }

    /// OK to recurse because only a scenario that can run gets here.
    fn add(&mut self, scenario: &Scenario) -> NodeId {
        match scenario.view() {
            View::Step { duration, .. } => {
                let first = index_of(&self.ticks);
                self.ticks.push(ticks(duration));
                self.push(Action::Steps { first, end: first + 1 }, NOBODY, 0)
            }
            View::Group(group) => self.add_group(group),
        }
    }

    fn step_count(&self, steps: NodeId) -> usize {
        match self.node(steps).action {
            Action::Steps { first, end } => (end - first) as usize,
            _ => 0,
        }
    }

    fn add_steps(&mut self, durations: impl Iterator<Item = Duration>) -> NodeId {
        let first = index_of(&self.ticks);
        self.ticks.extend(durations.map(ticks));
        let end = index_of(&self.ticks);
        self.push(Action::Steps { first, end }, NOBODY, 0)
    }

    fn add_group(&mut self, group: &Group) -> NodeId {
        let (mut first_child, mut last, mut children) = (NOBODY, NOBODY, 0);
        let mut rest = group.children.as_slice();
        while let Some((next, behind)) = rest.split_first() {
            // What a sequence awaits step by step is one node.
            let (child, behind) = match (group.form, next.view()) {
                (Form::Sequential, View::Step { .. }) => {
                    let child = self.add_steps(rest.iter().map_while(duration));
                    let in_a_row = self.step_count(child);
                    (child, &rest[in_a_row..])
                }
                _ => (self.add(next), behind),
            };
            rest = behind;
            match self.nodes.get_mut(last as usize) {
                Some(last) => last.next = child,
                None => first_child = child,
            }
            last = child;
            children += 1;
        }
        let action = self.action(group.form);
        let node = self.push(action, first_child, children);
        let mut child = first_child;
        while let Some(it) = self.nodes.get_mut(child as usize) {
            it.parent = node;
            child = it.next;
        }
        node
    }

    fn action(&mut self, form: Form) -> Action {
        match form {
            Form::Sequential => Action::Sequence,
            Form::Spawned => Action::Spawn,
            Form::Tasks => Action::Tasks,
            Form::Joined => Action::Join,
            Form::Raced => Action::Race,
            Form::Timeout(limit) => {
                self.limits.push(ticks(limit));
                Action::Timeout { limit: index_of(&self.limits) - 1 }
            }
            // More permits than there can be tasks are as good as one for each.
            Form::Limited(permits) => {
                Action::Limit { permits: u32::try_from(permits).unwrap_or(u32::MAX) }
            }
        }
    }

    fn push(&mut self, action: Action, first_child: NodeId, children: u32) -> NodeId {
        let id = index_of(&self.nodes);
        self.nodes.push(Node {
            action,
            parent: NOBODY,
            next: NOBODY,
            first_child,
            children,
            task: 0,
            at: 0,
            first_task: 0,
            woken_before: NOBODY,
            is_woken: false,
            phase: Phase::Ahead,
        });
        id
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    /// How long a step takes.
    pub(super) fn ticks(&self, step: u32) -> u64 {
        self.ticks[step as usize]
    }

    /// How long a timeout waits.
    pub(super) fn limit(&self, limit: u32) -> u64 {
        self.limits[limit as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The whole scenario: the node that is counted last.
    pub(super) fn whole(&self) -> NodeId {
        index_of(&self.nodes) - 1
    }
}

fn duration(scenario: &Scenario) -> Option<Duration> {
    match scenario.view() {
        View::Step { duration, .. } => Some(duration),
        View::Group(_) => None,
    }
}

/// How many ticks of tokio's timer a sleep takes: one for every millisecond
/// that has begun.
fn ticks(duration: Duration) -> u64 {
    let begun = u64::from(!duration.subsec_nanos().is_multiple_of(1_000_000));
    duration.as_secs() * 1_000 + u64::from(duration.subsec_millis()) + begun
}

fn index_of<T>(vector: &[T]) -> u32 {
    u32::try_from(vector.len()).expect("the cap on steps and depth keeps nodes below 2^32")
}

#[cfg(test)]
mod tests {
    use super::Program;
    use crate::scenario::Scenario;

    #[track_caller]
    fn check(notation: &str, nodes: usize) {
        let mut program = Program::default();
        let scenario: Scenario = notation.parse().expect("a scenario");
        program.load(&scenario);
        assert_eq!(program.len(), nodes, "{notation}");
        // Nothing is left of the one before.
        program.load(&scenario);
        assert_eq!(program.len(), nodes, "{notation}, again");
    }

    #[test]
    fn steps_that_are_awaited_in_a_row_are_one_node() {
        check("a: 1s", 1);
        check("seq(a: 1s, b: 1s, c: 1s)", 2);
        check("seq(a: 1s, b: 1s, join(c: 1s, d: 1s), e: 1s, f: 1s)", 6);
        check("join(a: 1s, b: 1s, c: 1s)", 4);
        check("seq(seq(a: 1s, b: 1s), seq(c: 1s, d: 1s))", 5);
    }
}
