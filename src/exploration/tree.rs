//! The paths that code takes, as a tree whose nodes have zones.
//!
//! A path is a sequence of tokens: what fires next, which step starts, whether its latency is
//! zero, what ends at the instant. The children of a node are the tokens that may follow; their
//! zones partition the zone of the node, and what is not explored yet is kept beside them.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::exploration::linear::Moment;
use crate::exploration::observation::{Ending, Instant, Observation};
use crate::exploration::zone::{Bound, Zone};
use crate::name::StepName;
use crate::trace::Kind;

/// What follows on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The timers of these delays fire, and before them no other.
    Due(Vec<usize>),
    /// A timer of the code's own fires, before any delay.
    Timer(Moment),
    /// A step starts.
    Start { step: usize, name: StepName, is_delay: bool },
    /// The latency of the delay that has just started is zero, or it is not.
    IsZero(bool),
    /// The instant is over. These steps have ended at it, and the run, if it has.
    Close { ends: Vec<(Kind, usize)>, ending: Option<Ending> },
    /// A timer of the code's own fires, and it is not known yet which.
    Unknown(i64),
}

/// A place in the log of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    instant: usize,
    /// Before the instant 0, behind `n` starts `2 * n + 1`, one more behind the latency.
    step: usize,
    /// Whether it is at a doubtful stop before the instant, where a known timer fires.
    is_at_stop: bool,
}

impl Cursor {
    pub(super) const BEGINNING: Self = Self { instant: 0, step: 1, is_at_stop: false };

    /// The instant of the run at which it is.
    pub(super) fn instant_of(self, run: &Observation) -> Option<&Instant> {
        run.instants.get(self.instant)
    }
}

pub(super) type NodeId = usize;
pub(super) type RunId = usize;

/// A prefix of a path.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) parent: Option<NodeId>,
    pub(super) token: Option<Token>,
    /// What of its parent's zone is its own.
    pub(super) bounds: Vec<Bound>,
    pub(super) zone: Rc<Zone>,
    /// The instants of the path. The last one is where the path ends.
    pub(super) instants: Vec<Moment>,
    /// When each delay started, by the index of its time.
    pub(super) starts: Vec<Moment>,
    /// The time of each step, if it is a delay, by its number.
    pub(super) delays: Vec<Option<usize>>,
    /// The name of each step, by its number.
    pub(super) names: Vec<StepName>,
    /// When each step started and ended, by its number.
    pub(super) spans: Vec<(Moment, Option<(Kind, Moment)>)>,
    /// The delays that have started, and whose timers have not fired.
    pub(super) pending: Vec<usize>,
    /// How many events coincide on the path, beside those that must.
    pub(super) ties: usize,
    /// Whether some do at its last instant.
    pub(super) is_tied: bool,
    pub(super) children: Vec<NodeId>,
    /// What is not known yet.
    pub(super) unknown: Vec<Zone>,
    pub(super) runs: Vec<(RunId, Cursor)>,
    /// Timers of the code that may fire next.
    pub(super) timers: Vec<Moment>,
    /// Timers that did not fire in some run in which they should have.
    pub(super) refuted: Vec<Moment>,
    /// Where the code decides by a difference of times, without a timer.
    pub(super) cuts: Vec<Bound>,
    /// Whether it goes on in several ways at the same latencies.
    pub(super) is_random: bool,
    pub(super) is_dead: bool,
    /// How often something was learned here.
    pub(super) lessons: usize,
}

impl Node {
    pub(super) fn root() -> Self {
        let zone = Zone::new();
        Self {
            parent: None,
            token: None,
            bounds: Vec::new(),
            unknown: vec![zone.clone()],
            zone: Rc::new(zone),
            instants: vec![Moment::START],
            starts: vec![Moment::START],
            delays: Vec::new(),
            names: Vec::new(),
            spans: Vec::new(),
            pending: Vec::new(),
            ties: 0,
            is_tied: false,
            children: Vec::new(),
            runs: Vec::new(),
            timers: Vec::new(),
            refuted: Vec::new(),
            cuts: Vec::new(),
            is_random: false,
            is_dead: false,
            lessons: 0,
        }
    }

    /// The last instant of the path.
    pub(super) fn now(&self) -> Moment {
        *self.instants.last().expect("a path begins with an instant")
    }

    /// Whether it is a whole path, and still counts.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_dead && self.ending().is_some()
    }

    /// How the run ended, if the path is at its end.
    pub(super) fn ending(&self) -> Option<&Ending> {
        match &self.token {
            Some(Token::Close { ending, .. }) => ending.as_ref(),
            _ => None,
        }
    }

    /// Whether the run has ended there.
    pub(super) fn is_at_end(&self, run: &Observation, cursor: Cursor) -> bool {
        cursor.instant >= run.instants.len()
    }

    /// What a run does behind this path.
    pub(super) fn token_of(&self, run: &Observation, cursor: Cursor) -> Token {
        if cursor.is_at_stop {
            return Token::Close { ends: Vec::new(), ending: None };
        }
        let instant = &run.instants[cursor.instant];
        if cursor.step == 0 {
            return self.next_of(run, instant);
        }
        let (start, is_behind_start) = ((cursor.step - 1) / 2, cursor.step.is_multiple_of(2));
        match instant.starts.get(start) {
            Some(start) if is_behind_start => {
                let index = start.delay.expect("only a delay has a latency");
                Token::IsZero(run.latencies[index - 1] == 0)
            }
            Some(start) => Token::Start {
                step: start.step,
                name: start.name.clone(),
                is_delay: start.delay.is_some(),
            },
            None => {
                let is_last = cursor.instant + 1 == run.instants.len();
                let ending = is_last.then(|| run.ending.clone());
                Token::Close { ends: instant.ends.clone(), ending }
            }
        }
    }

    /// Whether the timer does not fire in a run between the path and what is next.
    pub(super) fn has_no(&self, timer: Moment, run: &Observation, cursor: Cursor) -> bool {
        let (at, now) = (timer.at(&run.times), self.now().at(&run.times));
        let next = run.instants.get(cursor.instant).map_or(i64::MAX, |instant| instant.at);
        at <= now || at >= next || run.doubtful.binary_search(&at).is_ok()
    }

    /// What fires next in a run.
    fn next_of(&self, run: &Observation, instant: &Instant) -> Token {
        let now = self.now().at(&run.times);
        let due = |timer: &&Moment| {
            let at = timer.at(&run.times);
            now < at && at < instant.at && run.doubtful.binary_search(&at).is_ok()
        };
        if let Some(timer) = self.timers.iter().filter(due).min_by_key(|it| it.at(&run.times)) {
            return Token::Timer(*timer);
        }
        if !instant.due.is_empty() {
            return Token::Due(instant.due.clone());
        }
        match self.timers.iter().find(|timer| timer.at(&run.times) == instant.at) {
            Some(timer) => Token::Timer(*timer),
            None => Token::Unknown(instant.at),
        }
    }

    /// The place behind a token.
    pub(super) fn behind(run: &Observation, cursor: Cursor, token: &Token) -> Cursor {
        let Cursor { instant, step, is_at_stop } = cursor;
        match token {
            Token::Timer(timer) if timer.at(&run.times) < run.instants[instant].at => {
                Cursor { is_at_stop: true, ..cursor }
            }
            Token::Close { .. } if is_at_stop => Cursor { is_at_stop: false, ..cursor },
            Token::Close { .. } => Cursor { instant: instant + 1, step: 0, is_at_stop: false },
            Token::Start { is_delay: false, .. } => Cursor { step: step + 2, ..cursor },
            _ => Cursor { step: step + 1, ..cursor },
        }
    }

    /// When the token's timer fires, if it has one.
    fn cause(token: &Token) -> Option<Moment> {
        match token {
            Token::Due(due) => Some(Moment::new(due[0], 0)),
            Token::Timer(timer) => Some(*timer),
            _ => None,
        }
    }

    /// Where in the zone the token follows: at all times like these.
    pub(super) fn bounds_of(&self, token: &Token, times: &[i64]) -> Vec<Bound> {
        let mut bounds = Vec::new();
        if let Some(cause) = Self::cause(token) {
            self.push_firing(token, cause, times, &mut bounds);
        }
        if let (Token::IsZero(is_zero), Some(index)) = (token, self.starts.len().checked_sub(1)) {
            let Moment { base, after } = self.now();
            bounds.push(match is_zero {
                true => Bound::at_most(index, base, after),
                false => Bound::at_least(index, base, after + 1),
            });
        }
        bounds.extend(self.cuts.iter().map(|cut| cut.side_of(times)));
        // What is true in all of the zone parts nothing.
        bounds.retain(|bound| bound.most < self.zone.max(bound.later, bound.earlier));
        bounds
    }

    fn push_firing(&self, token: &Token, cause: Moment, times: &[i64], bounds: &mut Vec<Bound>) {
        let now = self.now();
        let mut order = |first: Moment, second: Moment, gap: i64| {
            bounds.extend(first.before(second, gap));
        };
        order(now, cause, 1);
        let due: &[usize] = if let Token::Due(due) = token { due } else { &[] };
        for index in &self.pending {
            let fires = Moment::new(*index, 0);
            if due.contains(index) {
                order(fires, cause, 0);
                order(cause, fires, 0);
            } else {
                order(cause, fires, 1);
            }
        }
        let own = self.timers.iter().position(|timer| *timer == cause && due.is_empty());
        for (place, timer) in self.timers.iter().enumerate() {
            if own == Some(place) {
                continue;
            }
            if timer.at(times) <= now.at(times) {
                order(*timer, now, 0);
                continue;
            }
            order(now, *timer, 1);
            // Of two timers that coincide the one that was found first is named.
            let gap = i64::from(own.is_some_and(|own| place < own));
            order(cause, *timer, gap);
        }
    }

    /// The child behind a token, or none if it is nowhere in the zone. The range of a delay that
    /// starts is from `least` to `most`.
    pub(super) fn child(
        &self,
        id: NodeId,
        token: Token,
        bounds: Vec<Bound>,
        (least, most): (i64, i64),
    ) -> Option<Self> {
        let mut zone = self.zone.within(bounds.iter().copied())?;
        let mut child = Self {
            parent: Some(id),
            token: None,
            bounds: Vec::new(),
            zone: Rc::clone(&self.zone),
            instants: self.instants.clone(),
            starts: self.starts.clone(),
            delays: self.delays.clone(),
            names: self.names.clone(),
            spans: self.spans.clone(),
            pending: self.pending.clone(),
            is_tied: self.is_tied,
            ..Self::root()
        };
        let mut ties = 0;
        let now = self.now();
        match &token {
            Token::Due(due) => {
                child.instants.push(Moment::new(due[0], 0));
                child.pending.retain(|index| !due.contains(index));
                // Those that had to coincide are no tie that the path has chosen.
                let chosen = due[1..].iter().filter(|it| !self.zone.is_fixed(**it, due[0]));
                ties = chosen.count();
                child.is_tied = due.len() > 1;
            }
            Token::Timer(timer) => {
                child.instants.push(*timer);
                child.is_tied = false;
            }
            Token::Start { is_delay, name, .. } => {
                let index =
                    is_delay.then(|| zone.push(now.base, now.after + least, now.after + most));
                child.starts.extend(index.map(|_| now));
                child.delays.push(index);
                child.names.push(name.clone());
                child.spans.push((now, None));
            }
            Token::IsZero(is_zero) => {
                let index = self.starts.len() - 1;
                if *is_zero {
                    ties = usize::from(!self.zone.is_fixed(index, now.base));
                    child.is_tied = true;
                } else {
                    child.pending.push(index);
                }
            }
            Token::Close { ends, .. } => {
                for (kind, step) in ends {
                    child.spans[*step].1 = Some((*kind, now));
                    child.pending.retain(|index| self.delays[*step] != Some(*index));
                }
            }
            Token::Unknown(_) => unreachable!("a timer is known before it has a child"),
        }
        child.ties = self.ties + ties;
        if !bounds.is_empty() || zone.len() != self.zone.len() {
            child.zone = Rc::new(zone);
        }
        child.unknown = vec![(*child.zone).clone()];
        if matches!(&token, Token::Close { ending: Some(_), .. }) {
            child.unknown.clear();
        }
        child.token = Some(token);
        child.bounds = bounds;
        Some(child)
    }

    /// The latencies that bring the path's delays to these times.
    pub(super) fn latencies_of(&self, times: &[i64]) -> BTreeMap<StepName, i64> {
        let delays = self.names.iter().zip(&self.delays);
        let delays = delays.filter_map(|(name, delay)| Some((name, (*delay)?)));
        let latency = |index: usize| times[index] - self.starts[index].at(times);
        delays.map(|(name, index)| (name.clone(), latency(index))).collect()
    }
}

/// The nodes of a path, from the beginning on.
pub(super) fn path(nodes: &[Node], id: NodeId) -> Vec<NodeId> {
    let mut path = vec![id];
    while let Some(parent) = nodes[path[path.len() - 1]].parent {
        path.push(parent);
    }
    path.reverse();
    path
}

/// How many of the times that may coincide do so in all of a part of the node's zone.
pub(super) fn chosen_ties(node: &Node, zone: &Zone) -> usize {
    let newest = node.starts.len() - 1;
    let is_new = |index: usize| index != newest || node.pending.contains(&newest);
    let mut times = node.pending.clone();
    times.extend(Some(newest).filter(|index| !is_new(*index)));
    times.push(node.now().base);
    let mut ties = 0;
    for (place, one) in times.iter().enumerate() {
        for other in &times[place + 1..] {
            ties += usize::from(zone.is_fixed(*one, *other) && !node.zone.is_fixed(*one, *other));
        }
    }
    ties
}
