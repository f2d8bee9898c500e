//! One exploration from beginning to end, and what it rests on.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::exploration::deciding::{Decision, Relation, decide};
use crate::exploration::gap::Gap;
use crate::exploration::observation::Ending;
use crate::exploration::tree::{Node, NodeId};
use crate::exploration::walk::{RangeOf, Walk};
use crate::law::Law;
use crate::name::StepName;
use crate::runtime::Latency;
use crate::trace::Trace;

/// Latencies of steps that did not start, which a law may speak of all the same.
pub(crate) type Unstarted = BTreeMap<StepName, i64>;

/// What is explored, and how far.
pub(crate) struct Question<'a> {
    /// How long each step may take.
    pub(crate) range: RangeOf,
    /// How many runs there may be.
    pub(crate) budget: usize,
    /// Durations that may matter to the code, in ticks.
    pub(crate) constants: Vec<i64>,
    /// The law that is held to each zone, if there is one.
    pub(crate) law: Option<(&'a Law, Relation)>,
}

/// Everything that was found out about the orders of some code.
pub(crate) struct Exploration {
    nodes: Vec<Node>,
    leaves: Vec<NodeId>,
    runs: usize,
    gaps: Vec<Gap>,
}

impl Exploration {
    /// Explores code. `code` runs it once, its delays taking as long as it is told; when it
    /// returns nothing, the exploration ends there.
    pub(crate) fn of(
        question: &Question<'_>,
        code: &mut dyn FnMut(Latency, &Unstarted) -> Option<(Trace, Ending)>,
    ) -> Self {
        let mut ticks = None;
        loop {
            let mut walk =
                Walk::new(code, Rc::clone(&question.range), question.budget, ticks.is_none());
            walk.go(question);
            if let Some(gap) = walk.recurring() {
                ticks = Some(gap);
                continue;
            }
            if let Some(gap) = ticks {
                walk.note(Gap::Ticks(gap));
            }
            let leaves = walk.leaves();
            let Walk { nodes, runs, gaps, .. } = walk;
            return Self { nodes, leaves, runs: runs.len(), gaps };
        }
    }

    /// How many orders were found.
    pub(crate) fn orders(&self) -> usize {
        self.leaves.len()
    }

    /// How many runs it took.
    pub(crate) fn runs(&self) -> usize {
        self.runs
    }

    /// Why it is not complete.
    pub(crate) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

impl Walk<'_> {
    /// Enumerates the orders, probes the ends of their zones, holds the law to each, searches for
    /// windows, and repeats.
    fn go(&mut self, question: &Question<'_>) {
        // What an order alone does not show is found with the last quarter, if the budget ends.
        let most = question.budget / 4 * 3;
        self.limit(most);
        self.probe();
        self.limit(question.budget);
        if self.recurring().is_some() {
            return;
        }
        if let Some(count) = self.too_wide {
            return self.go_wide(count);
        }
        if self.has_open() {
            self.note(Gap::Budget { repeats: self.repeating() });
        }
        if let Some((law, relation)) = question.law {
            self.hold(law, relation);
        }
        if question.constants.is_empty() && self.is_over() {
            return;
        }
        /// A search that proves nothing is not worth more than that: what it finds, it mostly
        /// finds with the first constants.
        const SEARCH: usize = 512;
        let until = self.runs.len().saturating_add((question.budget / 4).min(SEARCH));
        self.search(&question.constants, until);
        self.repeat();
    }

    /// Holds the law to each zone, and runs the code where it is broken.
    fn hold(&mut self, law: &Law, relation: Relation) {
        for leaf in self.leaves() {
            let node = &self.nodes[leaf];
            if node.is_dead || node.ending() != Some(&Ending::Done) {
                continue;
            }
            match decide(node, law, relation, self.range()) {
                Decision::Holds => {}
                Decision::Undecided => self.note(Gap::Undecided),
                Decision::Breaks { times, unstarted } => {
                    let latencies = self.nodes[leaf].latencies_of(&times);
                    let Some(_) = self.run_beside(latencies, unstarted) else { return };
                    self.settle();
                    // A run that keeps the law shows that the zone was not what it seemed.
                    self.note(Gap::Unexplained);
                }
            }
        }
    }
}
