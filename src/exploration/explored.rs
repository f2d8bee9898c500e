//! One exploration from beginning to end, and what it rests on.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::exploration::coverage::{Coverage, Grade};
use crate::exploration::deciding::{Decision, Relation, decide};
use crate::exploration::gap::Gap;
use crate::exploration::observation::Ending;
use crate::exploration::order::EventOrder;
use crate::exploration::walk::{Code, RangeOf, Walk};
use crate::law::Law;
use crate::name::StepName;
use crate::time::Compact;
#[cfg(feature = "proptest")]
use crate::time::Readable;

/// Latencies of steps that did not start, which a law may speak of all the same.
pub(crate) type Unstarted = BTreeMap<StepName, i64>;

/// What is explored, and how far.
#[derive(Clone)]
pub(crate) struct Question<'a> {
    /// How long each step may take.
    pub(crate) range: RangeOf,
    /// How many runs there may be.
    pub(crate) budget: usize,
    /// Durations that may matter to the code, in ticks.
    pub(crate) constants: Vec<i64>,
    /// Durations that its sources name, likewise.
    pub(crate) literals: Vec<i64>,
    /// Whether the orders are wanted as data.
    pub(crate) wants_orders: bool,
    /// The law that is held to each zone, if there is one.
    pub(crate) law: Option<(&'a Law, Relation)>,
}

/// All orders of events that were found in some code; see [`explore`](crate::explore()).
///
/// # Shape
///
/// It displays as a table: for each order the condition on the latencies, the makespan, and small
/// latencies at which it happens. The alternate form, `{:#}`, shows all of them, however many.
#[derive(Clone)]
pub struct Exploration {
    /// Unless nobody wanted them.
    orders: Vec<EventOrder>,
    count: usize,
    runs: usize,
    gaps: Vec<Gap>,
    /// How often ties that the code decides at random were run, at least.
    repeats: Option<usize>,
    /// The longest latency that was explored, if ranges were cut short, in ticks.
    reach: Option<i64>,
}

impl Exploration {
    /// Explores code. `code` runs it once, with the latencies that it is given. When it returns
    /// nothing, the exploration ends.
    pub(crate) fn of(question: &Question<'_>, code: Code<'_>) -> Self {
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
            let random = walk.nodes.iter().filter(|it| !it.is_dead && it.is_random);
            let repeats = random.map(|it| it.runs.len()).min();
            let Walk { nodes, runs, gaps, .. } = walk;
            let orders = leaves.iter().filter(|_| question.wants_orders);
            let orders = orders.map(|leaf| EventOrder::new(&nodes, *leaf)).collect();
            return Self {
                orders,
                count: leaves.len(),
                runs: runs.len(),
                gaps,
                repeats,
                reach: None,
            };
        }
    }

    /// The same, of latencies up to this one, in ticks.
    pub(crate) fn within(self, reach: i64) -> Self {
        Self { reach: Some(reach).filter(|it| *it < i64::MAX), ..self }
    }

    /// Returns the orders, in the sequence in which they were found. The same code has the same sequence, whatever its steps are named.
    pub fn orders(&self) -> impl ExactSizeIterator<Item = &EventOrder> {
        self.orders.iter()
    }

    /// Returns whether these are all orders, and why if they are not.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let (grade, reason) = self.grade();
        let notes = self.note_of_ties().into_iter().collect();
        Coverage::new(self.runs, 0, notes).of_orders(self.count, grade, reason)
    }

    /// Returns the order with the longest makespan over all its latencies; of several the first.
    #[must_use]
    pub fn longest(&self) -> Option<&EventOrder> {
        let longest = self.orders.iter().map(|order| order.extreme(true)).max()?;
        self.orders.iter().find(|order| order.extreme(true) == longest)
    }

    /// Returns the order with the shortest makespan over all its latencies; of several the first.
    #[must_use]
    pub fn shortest(&self) -> Option<&EventOrder> {
        let shortest = self.orders.iter().map(|order| order.extreme(false)).min()?;
        self.orders.iter().find(|order| order.extreme(false) == shortest)
    }

    /// The longest makespan, and the order in which it happens.
    #[cfg(feature = "proptest")]
    pub(crate) fn longest_told(&self) -> Option<String> {
        let longest = self.longest()?;
        let most = Readable(*longest.makespans().end());
        Some(format!("+{most} when {}", longest.condition()))
    }

    /// The part of the condition of the order of these latencies that breaks the law.
    #[cfg(feature = "proptest")]
    pub(crate) fn condition_of_fault(
        &self,
        latency: &dyn Fn(&StepName) -> Duration,
        law: &Law,
        relation: Relation,
    ) -> Option<String> {
        let order = self.orders.iter().find(|order| order.evaluate(latency).is_some())?;
        order.condition_of_fault(&self.orders, law, relation)
    }

    /// What limits it where the code decides ties at random.
    pub(crate) fn note_of_ties(&self) -> Option<String> {
        let repeats = self.repeats?;
        Some(format!(
            "the code decides ties at random: each was run {repeats} times or more, and each way \
             that was seen was explored"
        ))
    }

    /// How complete it is, and why it is not.
    pub(crate) fn grade(&self) -> (Grade, Option<String>) {
        if let Some(reach) = self.reach {
            let ticks = self.gaps.iter().find(|gap| matches!(gap, Gap::Ticks(_)));
            let ticks = ticks.map(|gap| format!("{gap}; ")).unwrap_or_default();
            let reach = Compact(Duration::from_millis(reach.unsigned_abs()));
            let reason = format!("{ticks}latencies above {reach} were not explored");
            return (Grade::Sampled, Some(reason));
        }
        let mut gaps: Vec<_> = self.gaps.iter().collect();
        // What more runs would mend is the least.
        gaps.sort_by_key(|gap| gap.is_budget());
        match gaps.first() {
            None => (Grade::Exhausted, None),
            Some(gap) if gap.is_budget() && self.runs == 0 => {
                (Grade::Budget, Some("nothing was explored".to_owned()))
            }
            Some(gap) if gap.is_budget() => (Grade::Budget, Some(gap.to_string())),
            Some(gap) => (Grade::Sampled, Some(gap.to_string())),
        }
    }

    /// How many orders were found.
    #[cfg(feature = "proptest")]
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Why it is not complete.
    #[cfg(feature = "proptest")]
    pub(crate) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More rows than these are for a program, and not for a reader.
        const ROWS: usize = 40;
        let rows = if f.alternate() { usize::MAX } else { ROWS };
        let shown = self.orders.iter().take(rows);
        let cells: Vec<_> = shown.map(|it| [it.condition(), it.ends(), it.example()]).collect();
        let heads = ["when", "makespan", "for example"].map(str::to_owned);
        let width = |column: usize| {
            let all = cells.iter().chain([&heads]).map(|row| row[column].as_str().width());
            all.max().unwrap_or(0)
        };
        let (first, second) = (width(0), width(1));
        for [when, makespan, example] in [&heads].into_iter().chain(&cells) {
            let pad = |text: &str, width: usize| " ".repeat(width - text.width());
            let line = format!(
                "{when}{}  {makespan}{}  {example}",
                pad(when, first),
                pad(makespan, second)
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        if self.orders.len() > rows {
            writeln!(f, ".. and {} more", self.orders.len() - rows)?;
        }
        let coverage = self.coverage();
        let is_all = if coverage.grade() == Grade::Exhausted { "all " } else { "" };
        let orders = if self.count == 1 { "order" } else { "orders" };
        write!(f, "{is_all}{} {orders}, {} runs", self.count, self.runs)?;
        match coverage.reason() {
            Some(reason) => write!(f, "; {}: {reason}", coverage.grade().label()),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Walk<'_> {
    /// Enumerates the orders, probes the ends of their zones, holds the law to each, searches for
    /// windows, and repeats.
    fn go(&mut self, question: &Question<'_>) {
        // What an order alone does not show is found with the last third, if the budget ends.
        let most = question.budget / 3 * 2;
        self.limit(most);
        let is_complete = self.probe();
        self.limit(question.budget);
        if self.recurring().is_some() {
            return;
        }
        if let Some(count) = self.too_wide {
            return self.go_wide(count);
        }
        if !is_complete {
            self.note(Gap::Budget { repeats: self.repeating() });
        }
        let known = self.nodes.len();
        self.hold(question, 0);
        if self.is_over() {
            return;
        }
        /// A search that proves nothing is not worth more than that: what it finds, it mostly
        /// finds with the first constants.
        const SEARCH: usize = 1_024;
        let until = self.spent.saturating_add((question.budget / 3).min(SEARCH));
        self.search(&question.constants, &question.literals, until);
        self.hold(question, known);
        self.repeat();
    }

    /// Holds the law to each zone that was found from then on, and runs the code where it is
    /// broken.
    fn hold(&mut self, question: &Question<'_>, from: usize) {
        let Some((law, relation)) = question.law else { return };
        for leaf in self.leaves() {
            let node = &self.nodes[leaf];
            if leaf < from || node.is_dead || node.ending() != Some(&Ending::Done) {
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
