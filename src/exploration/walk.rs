//! The walk over the tree of paths: which latencies are run next.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use crate::exploration::explored::Unstarted;
use crate::exploration::gap::Gap;
use crate::exploration::observation::{Ending, Observation};
use crate::exploration::tree::{Cursor, Node, NodeId, RunId, Token, chosen_ties, path};
use crate::exploration::wide::WIDE;
use crate::exploration::zone::{Bound, Zone};
use crate::name::StepName;
use crate::runtime::Latency;
use crate::trace::Trace;

/// Runs the code once, its delays taking this long. None ends the exploration.
pub(super) type Code<'a> = &'a mut dyn FnMut(Latency, &Unstarted) -> Option<(Trace, Ending)>;

/// The least and the most that a step may take, in ticks.
pub(crate) type RangeOf = Rc<dyn Fn(&StepName) -> (i64, i64)>;

/// What delays are to take, in ticks. By their names: those that start at one instant may do so
/// in any order, as in a `select!`.
pub(super) type Latencies = BTreeMap<StepName, i64>;

pub(super) struct Walk<'a> {
    code: Code<'a>,
    range: RangeOf,
    /// How many runs there may be.
    budget: usize,
    pub(super) nodes: Vec<Node>,
    pub(super) runs: Vec<Rc<Observation>>,
    /// Runs whose path is to be followed, from where, and whether they are noted there.
    queue: VecDeque<(NodeId, RunId, Cursor, bool)>,
    /// Nodes with something unknown, those of fewest ties first, and then the shortest.
    open: BinaryHeap<Reverse<(usize, usize, NodeId)>>,
    pub(super) gaps: Vec<Gap>,
    sees_silence: bool,
    /// The gap between silent instants that recur in the last run.
    recurring: Option<Duration>,
    is_over: bool,
    /// How many delays a run had that had too many.
    pub(super) too_wide: Option<usize>,
    /// How many bounds the zones of the tree have together.
    bounds: usize,
    /// How much of the budget was spent.
    pub(super) spent: usize,
    /// How often the path of a run was followed.
    followed: usize,
    /// How many bounds were computed where zones were partitioned.
    computed: usize,
}

/// A run counts once for each this many events: those of six answers, whose orders without ties
/// the default budget enumerates. Longer runs cost more, in the code and here.
const EVENTS: usize = 12;

/// For each run of the budget, partitions may compute this many bounds. Six calls side by side
/// need a third of it; of forty, one order takes as much as a thousand runs.
const COMPUTED: usize = 1 << 13;

/// A run is followed about so often, as what is learned on its path has it followed again. Code
/// that decides by a few timers and thresholds stays below 8 here; more is a sign that they are
/// none, and each lesson shows another.
const FOLLOWED: usize = 16;

/// So often it may be anyway, since the first runs teach most.
const FIRST_FOLLOWED: usize = 2_000;

/// The tree has no more bounds than these: 64 MB.
const BOUNDS: usize = 1 << 23;

impl<'a> Walk<'a> {
    /// A walk that does this many runs at most. It leaves instants at which nothing is seen out
    /// where it does not see silence.
    pub(super) fn new(code: Code<'a>, range: RangeOf, budget: usize, sees_silence: bool) -> Self {
        Self {
            code,
            range,
            budget,
            nodes: vec![Node::root()],
            runs: Vec::new(),
            queue: VecDeque::new(),
            open: [Reverse((0, 0, 0))].into(),
            gaps: Vec::new(),
            sees_silence,
            recurring: None,
            is_over: false,
            too_wide: None,
            bounds: 0,
            spent: 0,
            followed: 0,
            computed: 0,
        }
    }

    /// The gap between silent instants that recur in the last run, if those are seen.
    pub(super) fn recurring(&self) -> Option<Duration> {
        self.recurring
    }

    /// Sets how many runs there may be.
    pub(super) fn limit(&mut self, budget: usize) {
        self.budget = budget;
    }

    /// How long each step may take.
    pub(super) fn range(&self) -> &RangeOf {
        &self.range
    }

    /// How many runs are left.
    pub(super) fn left(&self) -> usize {
        self.budget.saturating_sub(self.spent)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over || self.spent >= self.budget
    }

    /// Whether orders can be enumerated further.
    pub(super) fn may_go_on(&self) -> bool {
        let is_small = self.too_wide.is_none()
            && self.bounds < BOUNDS
            && self.computed / COMPUTED < self.budget;
        is_small && !self.is_over() && self.recurring().is_none()
    }

    /// The latencies, each as near to what it is as the range of the step in this place allows
    /// that was there in the last run.
    pub(super) fn within_ranges(&self, latencies: Vec<i64>) -> Latencies {
        let names = self.runs.last().map(|last| last.names.clone()).unwrap_or_default();
        let within = |(latency, name): (i64, StepName)| {
            let (least, most) = (self.range)(&name);
            (name, latency.clamp(least, most))
        };
        latencies.into_iter().zip(names).map(within).collect()
    }

    /// Whether something is left that no whole path covers.
    pub(super) fn has_open(&self) -> bool {
        self.nodes.iter().any(|node| !node.is_dead && !node.unknown.is_empty())
    }

    /// Notes why it is not complete, each kind of reason once.
    pub(super) fn note(&mut self, gap: Gap) {
        let is_same = |known: &Gap| std::mem::discriminant(known) == std::mem::discriminant(&gap);
        if !self.gaps.iter().any(is_same) {
            self.gaps.push(gap);
        }
    }

    /// Explores until every point of every zone is in the zone of a whole path.
    /// It stops when so many runs were done.
    pub(super) fn enumerate(&mut self, until: usize) {
        while self.may_go_on() && self.spent < until {
            let Some(Reverse((ties, _, id))) = self.open.pop() else { return };
            let node = &self.nodes[id];
            if node.is_dead || node.unknown.is_empty() {
                continue;
            }
            let of_pieces = node.unknown.iter().map(|zone| node.ties + chosen_ties(node, zone));
            let least = of_pieces.enumerate().min_by_key(|(_, ties)| *ties);
            let (place, least) = least.expect("something is unknown");
            if least > ties {
                self.open.push(Reverse((least, node.starts.len(), id)));
                continue;
            }
            let piece = node.unknown[place].clone();
            let times = generic(&piece, self.runs.len());
            let Some(run) = self.run_at(id, &times) else { return };
            self.settle();
            let has_learned = !self.nodes[id].unknown.contains(&piece);
            if !self.nodes[id].is_dead && !has_learned && self.place_of(id, run).is_some() {
                // It must not be tried for ever.
                self.nodes[id].unknown.retain(|it| *it != piece);
                self.note(Gap::Unexplained);
            }
            self.reopen(id);
        }
    }

    /// Has the node looked at again if something in it is unknown.
    pub(super) fn reopen(&mut self, id: NodeId) {
        let node = &self.nodes[id];
        if !node.is_dead && !node.unknown.is_empty() {
            let ties = node.unknown.iter().map(|zone| chosen_ties(node, zone)).min();
            let ties = node.ties + ties.unwrap_or(0);
            self.open.push(Reverse((ties, node.starts.len(), id)));
        }
    }

    /// A step that is repeated more often on the longest paths than a person would write down:
    /// then they may go on without an end.
    pub(super) fn repeating(&self) -> Option<StepName> {
        const OFTEN: usize = 12;
        let names = self.runs.iter().flat_map(|run| &run.names);
        let most = names.max_by_key(|name| name.index())?;
        (most.index()? >= OFTEN).then(|| StepName::new(most.name().clone(), None))
    }

    /// The whole paths, in the order in which they were found.
    pub(super) fn leaves(&self) -> Vec<NodeId> {
        (0..self.nodes.len()).filter(|id| self.nodes[*id].is_whole()).collect()
    }

    /// Runs the code, the first of its delays taking this long.
    pub(super) fn execute(&mut self, latencies: Latencies, unstarted: &Unstarted) -> Option<RunId> {
        if self.is_over() {
            return None;
        }
        let (range, count) = (Rc::clone(&self.range), self.runs.len());
        let given = RefCell::new(0_usize);
        let latency: Latency = Rc::new(move |delay| {
            let place = given.replace_with(|place| *place + 1);
            let step = StepName::new(delay.name.clone(), Some(delay.place));
            let latency = latencies.get(&step).copied().unwrap_or_else(|| {
                let (least, most) = range(&step);
                // At least one tick: zero is an order of its own.
                (least.max(1) + spread(count + place)).min(most)
            });
            Some(Duration::from_millis(u64::try_from(latency).unwrap_or(0)))
        });
        let Some((trace, ending)) = (self.code)(latency, unstarted) else {
            self.is_over = true;
            self.note(Gap::Ended);
            return None;
        };
        let is_limited = ending == Ending::Limit;
        match Observation::of(&trace, ending, self.sees_silence).filter(|_| !is_limited) {
            Some(seen) => {
                self.spent += seen.events().div_ceil(EVENTS).max(1);
                self.recurring = seen.recurring().filter(|_| self.sees_silence);
                self.runs.push(Rc::new(seen));
                Some(self.runs.len() - 1)
            }
            None => {
                self.is_over = true;
                self.note(if is_limited { Gap::Limit } else { Gap::OffTick });
                None
            }
        }
    }

    /// A run behind this path at these times: one that was done, or else a new one.
    pub(super) fn run_at(&mut self, id: NodeId, times: &[i64]) -> Option<RunId> {
        let node = &self.nodes[id];
        let is_there = |run: &RunId| self.runs[*run].times.get(..times.len()) == Some(times);
        if let Some(run) = node.runs.iter().map(|(run, _)| *run).find(is_there) {
            return Some(run);
        }
        let latencies = node.latencies_of(times);
        self.run_with(latencies)
    }

    /// A new run, whose path is followed with the next that are.
    pub(super) fn run_with(&mut self, latencies: Latencies) -> Option<RunId> {
        self.run_beside(latencies, Unstarted::new())
    }

    /// The same, where steps that do not start would have these latencies.
    pub(super) fn run_beside(
        &mut self,
        latencies: Latencies,
        unstarted: Unstarted,
    ) -> Option<RunId> {
        let run = self.execute(latencies, &unstarted)?;
        self.queue.push_back((0, run, Cursor::BEGINNING, false));
        Some(run)
    }

    /// The place in a run behind the path, if the run takes it.
    pub(super) fn place_of(&self, id: NodeId, run: RunId) -> Option<Cursor> {
        let seen = &self.runs[run];
        let mut cursor = Cursor::BEGINNING;
        for pair in path(&self.nodes, id).windows(2) {
            let (parent, child) = (&self.nodes[pair[0]], &self.nodes[pair[1]]);
            if parent.is_at_end(seen, cursor) {
                return None;
            }
            let token = parent.token_of(seen, cursor);
            let is_in = child.bounds.iter().all(|bound| bound.holds(&seen.times));
            if Some(&token) != child.token.as_ref() || !is_in {
                return None;
            }
            cursor = Node::behind(seen, cursor, &token);
        }
        Some(cursor)
    }

    /// What a run does behind the path, if it takes it.
    pub(super) fn token_at(&self, id: NodeId, run: RunId) -> Option<Token> {
        let cursor = self.place_of(id, run)?;
        let node = &self.nodes[id];
        (!node.is_at_end(&self.runs[run], cursor)).then(|| node.token_of(&self.runs[run], cursor))
    }

    /// Follows the runs that wait for it.
    pub(super) fn settle(&mut self) {
        while let Some((id, run, cursor, is_noted)) = self.queue.pop_front() {
            self.followed += 1;
            if self.followed > FIRST_FOLLOWED + FOLLOWED * self.runs.len() {
                self.is_over = true;
                self.note(Gap::Unexplained);
                return;
            }
            let is_wide = self.runs[run].times.len() > WIDE;
            if is_wide {
                self.too_wide = Some(self.runs[run].latencies.len());
            } else if !self.nodes[id].is_dead {
                if !is_noted {
                    self.nodes[id].runs.push((run, cursor));
                }
                self.follow(id, run, cursor);
            }
        }
    }

    fn follow(&mut self, mut id: NodeId, run: RunId, mut cursor: Cursor) {
        let seen = Rc::clone(&self.runs[run]);
        loop {
            let node = &self.nodes[id];
            if node.ending().is_some() {
                return;
            }
            let token = node.token_of(&seen, cursor);
            if let Token::Unknown(at) = token {
                return self.learn_timer(id, run, at);
            }
            let is_here = |child: &NodeId| {
                self.nodes[*child].bounds.iter().all(|bound| bound.holds(&seen.times))
            };
            let here: Vec<_> = node.children.iter().copied().filter(is_here).collect();
            let same = here.iter().find(|child| self.nodes[**child].token.as_ref() == Some(&token));
            let next = match same {
                Some(same) => *same,
                None => {
                    let mut bounds = node.bounds_of(&token, &seen.times);
                    if node.is_random {
                        bounds.retain(|bound| bound.holds(&seen.times));
                    } else if let Some(other) = here.first() {
                        return self.learn_difference(id, *other, run);
                    } else if bounds.iter().any(|bound| !bound.holds(&seen.times)) {
                        return self.learn_condition(id, run);
                    }
                    self.grow(id, token.clone(), bounds)
                }
            };
            cursor = Node::behind(&seen, cursor, &token);
            id = next;
            self.nodes[id].runs.push((run, cursor));
        }
    }

    /// Adds a child, whose zone is not unknown any more.
    fn grow(&mut self, id: NodeId, token: Token, bounds: Vec<Bound>) -> NodeId {
        let range = match &token {
            Token::Start { name, is_delay: true, .. } => (self.range)(name),
            _ => (0, 0),
        };
        let child = self.nodes[id].child(id, token, bounds, range);
        let child = child.expect("a run is in the zone of what it does");
        let next = self.nodes.len();
        let node = &mut self.nodes[id];
        node.children.push(next);
        let mut rest = Vec::new();
        let size = node.zone.len().pow(2);
        self.bounds = self.bounds.saturating_sub(node.unknown.len() * size);
        self.computed += (node.unknown.len() * child.bounds.len() + 1) * size;
        for piece in node.unknown.drain(..) {
            piece.without(&child.bounds, &mut rest);
        }
        self.bounds += rest.len() * size;
        node.unknown = rest;
        // A zone that is its parent's costs nothing.
        if !Rc::ptr_eq(&child.zone, &self.nodes[id].zone) {
            self.bounds += child.zone.len().pow(2);
        }
        self.nodes.push(child);
        self.reopen(id);
        // Its own child takes all of its zone as a rule.
        self.reopen(next);
        next
    }

    /// Follows a run behind the path again when those that wait have been followed.
    pub(super) fn follow_later(&mut self, id: NodeId, run: RunId) {
        if let Some((run, cursor)) = self.nodes[id].runs.iter().find(|(it, _)| *it == run) {
            self.queue.push_back((id, *run, *cursor, true));
        }
    }

    /// Builds what follows on a path again, after something was learned there.
    pub(super) fn rebuild(&mut self, id: NodeId) {
        let nothing = Rc::new(Zone::new());
        let mut dead = std::mem::take(&mut self.nodes[id].children);
        while let Some(child) = dead.pop() {
            let node = &mut self.nodes[child];
            node.is_dead = true;
            node.runs = Vec::new();
            let pieces = std::mem::take(&mut node.unknown).len() * node.zone.len().pow(2);
            self.bounds = self.bounds.saturating_sub(pieces);
            self.bounds = self.bounds.saturating_sub(node.zone.len().pow(2));
            node.zone = Rc::clone(&nothing);
            dead.append(&mut node.children);
        }
        let node = &mut self.nodes[id];
        node.unknown = vec![(*node.zone).clone()];
        for (run, cursor) in std::mem::take(&mut node.runs).into_iter().rev() {
            self.queue.push_front((id, run, cursor, false));
        }
        self.reopen(id);
    }
}

/// A point of a zone at which few times coincide that need not.
fn generic(zone: &Zone, salt: usize) -> Vec<i64> {
    zone.point(|index, least, most| (least + spread(salt + index)).min(most))
}

/// Small distances that differ from each other, and of which few sums coincide.
fn spread(index: usize) -> i64 {
    const PRIMES: [i64; 16] = [7, 29, 13, 53, 19, 83, 3, 37, 61, 11, 43, 97, 5, 71, 23, 47];
    PRIMES[index % PRIMES.len()]
}
