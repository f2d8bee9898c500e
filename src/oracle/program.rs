//! A scenario as a table of nodes.

use std::ops::Range;
use std::time::Duration;

use crate::scenario::{Form, Scenario, View};

/// A node's number: its place when children are counted before their parents.
///
/// Inside one task that is also the order in which woken nodes are polled. A
/// join polls its children as they were declared, and a timeout polls its work
/// before its own timer.
pub(super) type NodeId = u32;

#[derive(Clone, Copy)]
pub(super) enum Action {
    Step { number: u32, ticks: u64 },
    Sequence,
    Join,
    Race,
    Timeout { ticks: u64 },
    Spawn,
    Tasks,
    Limit { permits: usize },
}

pub(super) struct Node {
    pub(super) action: Action,
    /// What it is a child of, and its place there; the whole has none.
    pub(super) parent: Option<(NodeId, u32)>,
    children: Range<u32>,
}

pub(super) struct Program {
    nodes: Vec<Node>,
    children: Vec<NodeId>,
    steps: u32,
}

impl Program {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut program = Self {
            nodes: Vec::with_capacity(scenario.step_count()),
            children: Vec::with_capacity(scenario.step_count()),
            steps: 0,
        };
        program.add(scenario);
        program
    }

    /// OK to recurse because only a scenario that can run gets here.
    fn add(&mut self, scenario: &Scenario) -> NodeId {
        let (action, children) = match scenario.view() {
            View::Step { duration, .. } => {
                let number = self.steps;
                self.steps += 1;
                (Action::Step { number, ticks: ticks(duration) }, 0..0)
            }
            View::Group(group) => {
                let own: Vec<_> = group.children.iter().map(|child| self.add(child)).collect();
                let from = index_of(&self.children);
                self.children.extend(own);
                (action(group.form), from..index_of(&self.children))
            }
        };
        let node = index_of(&self.nodes);
        for (place, child) in (0..).zip(children.clone()) {
            let child = self.children[child as usize];
            self.nodes[child as usize].parent = Some((node, place));
        }
        self.nodes.push(Node { action, parent: None, children });
        node
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The whole scenario: the node that is counted last.
    pub(super) fn whole(&self) -> NodeId {
        index_of(&self.nodes) - 1
    }

    pub(super) fn child_count(&self, id: NodeId) -> u32 {
        let Range { start, end } = self.node(id).children;
        end - start
    }

    pub(super) fn child(&self, id: NodeId, place: u32) -> NodeId {
        self.children[(self.node(id).children.start + place) as usize]
    }
}

fn action(form: Form) -> Action {
    match form {
        Form::Sequential => Action::Sequence,
        Form::Spawned => Action::Spawn,
        Form::Tasks => Action::Tasks,
        Form::Joined => Action::Join,
        Form::Raced => Action::Race,
        Form::Timeout(limit) => Action::Timeout { ticks: ticks(limit) },
        Form::Limited(permits) => Action::Limit { permits },
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
