//! What is learned where runs of one zone differ: hidden timers, hidden thresholds, chance.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::exploration::gap::Gap;
use crate::exploration::linear::Moment;
use crate::exploration::tree::{NodeId, RunId, Token};
use crate::exploration::walk::Walk;
use crate::exploration::zone::{Bound, Zone};
use crate::time::Readable;

/// How often a run is repeated where events coincide and it differs from another: `select!`
/// decides such ties at random, and one of two ways is missed in one of 256.
const REPEATS_AT_TIES: usize = 8;

/// How often it is repeated elsewhere. Code that is not deterministic mostly differs at once.
const REPEATS: usize = 2;

/// How much can be learned behind one prefix. Each lesson is a timer or a threshold of the code
/// at one point of it; what needs more than these is no difference of two times.
const LESSONS: usize = 24;

/// How many runs tell candidates for a timer apart. Each run leaves at most one of two.
const TRIES: usize = 8;

impl Walk<'_> {
    /// Learns which timer of the code fired at this time of a run: some instant of the path, and
    /// a constant. Other runs, in which the instants are further apart, tell.
    pub(super) fn learn_timer(&mut self, id: NodeId, run: RunId, at: i64) {
        let node = &self.nodes[id];
        let times = self.runs[run].times.clone();
        let mut candidates = Vec::<Moment>::new();
        for instant in node.instants.iter().rev() {
            let is_known =
                candidates.iter().any(|known| node.zone.is_fixed(known.base, instant.base));
            if !is_known {
                candidates.push(Moment::new(instant.base, at - times[instant.base]));
            }
        }
        for (other, cursor) in &node.runs {
            let seen = &self.runs[*other];
            if let Token::Unknown(at) = node.token_of(seen, *cursor) {
                retain(&mut candidates, &seen.times, at);
            }
        }
        self.retain_silent(id, run, &mut candidates);
        for attempt in 0..TRIES {
            let Some(apart) = self.apart(id, &times, &mut candidates, attempt) else { break };
            let Some(other) = self.run_at(id, &apart) else { return };
            match self.token_at(id, other) {
                Some(Token::Unknown(at)) => {
                    let times = self.runs[other].times.clone();
                    retain(&mut candidates, &times, at);
                }
                Some(_) => self.retain_silent(id, other, &mut candidates),
                None => return self.postpone(id, run),
            }
        }
        let node = &mut self.nodes[id];
        node.timers.push(candidates[0]);
        self.has_learned(id);
    }

    /// Keeps the candidates that would have fired in no run behind the path in which they did
    /// not, this one among them, if there are any.
    fn retain_silent(&self, id: NodeId, run: RunId, candidates: &mut Vec<Moment>) {
        let node = &self.nodes[id];
        let here = self.place_of(id, run).map(|cursor| (run, cursor));
        let is_silent = |timer: &Moment| {
            let mut runs = node.runs.iter().copied().chain(here);
            runs.all(|(run, cursor)| node.has_no(*timer, &self.runs[run], cursor))
        };
        if candidates.iter().any(is_silent) {
            candidates.retain(is_silent);
        }
    }

    /// Times near those of a run at which two candidates would fire apart, and before anything
    /// else. Candidates that are equal wherever they fire are one.
    fn apart(
        &self,
        id: NodeId,
        times: &[i64],
        candidates: &mut Vec<Moment>,
        attempt: usize,
    ) -> Option<Vec<i64>> {
        let node = &self.nodes[id];
        let now = node.now();
        while candidates.len() > 1 {
            let (one, two) = (candidates[0], candidates[1 + attempt / 4 % (candidates.len() - 1)]);
            let mut bounds: Vec<_> = node.cuts.iter().map(|cut| cut.side_of(times)).collect();
            let known = node.timers.iter().filter(|timer| timer.at(times) > now.at(times));
            let pending = node.pending.iter().map(|index| Moment::new(*index, 0));
            let others: Vec<_> = known.copied().chain(pending).collect();
            for timer in &*candidates {
                bounds.extend(now.before(*timer, 1));
                bounds.extend(others.iter().filter_map(|other| timer.before(*other, 1)));
            }
            let here = times[one.base] - times[two.base];
            if let Some(mut zone) = node.zone.within(bounds) {
                let (least, most) = (zone.min(one.base, two.base), zone.max(one.base, two.base));
                // Nearby the code is likeliest to do the same, and one tick is enough.
                let there = [here + 1, here - 1, most, least];
                let there = there.iter().cycle().skip(attempt % 4).take(4);
                let mut there = there.filter(|it| **it != here && (least..=most).contains(*it));
                if let Some(there) = there.next() {
                    zone.fix(one.base, two.base, *there);
                    return Some(nearest(&zone, times));
                }
            }
            candidates.retain(|timer| *timer != two);
        }
        None
    }

    /// Learns why a run does something else than those of a child in whose zone it is.
    pub(super) fn learn_difference(&mut self, id: NodeId, child: NodeId, run: RunId) {
        let len = self.nodes[id].zone.len();
        let times = &self.runs[run].times;
        let distance = |other: &RunId| {
            let others = &self.runs[*other].times;
            (1..len).map(|index| (times[index] - others[index]).abs()).sum::<i64>()
        };
        let others = self.nodes[child].runs.iter().map(|(other, _)| *other);
        let other = others.min_by_key(distance).expect("a child has a run");
        let bounds = self.nodes[child].bounds.iter().copied();
        let cell = self.nodes[id].zone.within(bounds).expect("a child has a zone");
        self.separate(id, &cell, other, run);
    }

    /// Learns on which condition a timer fires that did not fire in this run.
    pub(super) fn learn_condition(&mut self, id: NodeId, run: RunId) {
        let node = &mut self.nodes[id];
        let here = node.runs.iter().find(|(other, _)| *other == run);
        let (seen, cursor) = (&self.runs[run], here.expect("the run is noted here").1);
        let is_refuted = |timer: &Moment| !node.has_no(*timer, seen, cursor);
        let refuted: Vec<_> = node.timers.iter().copied().filter(is_refuted).collect();
        if refuted.iter().any(|timer| !node.refuted.contains(timer)) {
            // It may have been another one that fires at the same times in the runs so far.
            node.timers.retain(|timer| !refuted.contains(timer));
            node.refuted.extend(refuted);
            return self.has_learned(id);
        }
        let node = &self.nodes[id];
        let seen = &self.runs[run];
        let of_timer = |other: &&(RunId, _)| {
            matches!(node.token_of(&self.runs[other.0], other.1), Token::Timer(_))
        };
        let cuts: Vec<_> = node.cuts.iter().map(|cut| cut.side_of(&seen.times)).collect();
        let is_in = |other: &&(RunId, _)| {
            cuts.iter().all(|cut: &Bound| cut.holds(&self.runs[other.0].times))
        };
        match node.runs.iter().filter(of_timer).find(is_in).map(|(other, _)| *other) {
            Some(other) => {
                let cell = node.zone.within(cuts).expect("a run is in it");
                self.separate(id, &cell, other, run);
            }
            None => self.gives_up(id),
        }
    }

    /// Finds a difference of times that separates two runs which differ behind the path.
    fn separate(&mut self, id: NodeId, cell: &Zone, one: RunId, other: RunId) {
        let Some(token) = self.token_at(id, one) else { return self.gives_up(id) };
        if self.differs_by_chance(id, other) {
            return;
        }
        let len = cell.len();
        let mut low = self.runs[one].times[..len].to_vec();
        let mut high = self.runs[other].times[..len].to_vec();
        // Code often differs at the end of a zone alone, where an event ties with a timer.
        let first = inside(cell, &low, &high);
        if first.is_some_and(|point| !self.narrows(id, &token, point, &mut low, &mut high)) {
            return self.postpone(id, other);
        }
        // Zones of differences contain the rounded middle of any two of their points.
        while low.iter().zip(&high).any(|(low, high)| (high - low).abs() > 1) {
            let middle = low.iter().zip(&high).map(|(low, high)| (low + high).div_euclid(2));
            let middle = middle.collect();
            if !self.narrows(id, &token, middle, &mut low, &mut high) {
                return self.postpone(id, other);
            }
        }
        // One time after another, as long as the code does the same.
        for index in 1..len {
            let is_last = low[index + 1..] == high[index + 1..];
            let mut next = low.clone();
            next[index] = high[index];
            let is_new = low[index] != high[index] && !is_last && cell.contains(&next);
            if is_new && !self.narrows(id, &token, next, &mut low, &mut high) {
                return self.postpone(id, other);
            }
        }
        match self.cut_between(id, cell, &low, &high, &token) {
            Some(Some(cut)) => {
                self.nodes[id].cuts.push(cut);
                self.has_learned(id);
            }
            Some(None) => self.gives_up(id),
            None => self.postpone(id, other),
        }
    }

    /// The difference that crosses a constant between two neighbouring points, if one does. None
    /// if a run does not take the path.
    fn cut_between(
        &mut self,
        id: NodeId,
        cell: &Zone,
        low: &[i64],
        high: &[i64],
        token: &Token,
    ) -> Option<Option<Bound>> {
        let mut bases = Vec::new();
        for instant in self.nodes[id].instants.iter().rev() {
            if !bases.contains(&instant.base) {
                bases.push(instant.base);
            }
        }
        let mut candidates = Vec::new();
        for (place, later) in bases.iter().enumerate() {
            for earlier in &bases[place + 1..] {
                let (before, behind) = (low[*later] - low[*earlier], high[*later] - high[*earlier]);
                match behind - before {
                    1.. => candidates.push(Bound::at_most(*later, *earlier, before)),
                    ..0 => candidates.push(Bound::at_least(*later, *earlier, before)),
                    0 => {}
                }
            }
        }
        let mut candidates = candidates.into_iter();
        let Some(mut best) = candidates.next() else { return Some(None) };
        for other in candidates {
            let as_best = cell.within([best, other.negated()]);
            let is_as_best = as_best.is_some();
            let Some(zone) = as_best.or_else(|| cell.within([best.negated(), other])) else {
                continue;
            };
            let is_low = self.is_like(id, &nearest(&zone, low), token)?;
            if is_low != is_as_best {
                best = other;
            }
        }
        Some(Some(best))
    }

    /// Moves one of two points, the one at which the code does the same, to a point between them.
    /// Returns whether the run there takes the path.
    fn narrows(
        &mut self,
        id: NodeId,
        token: &Token,
        point: Vec<i64>,
        low: &mut Vec<i64>,
        high: &mut Vec<i64>,
    ) -> bool {
        match self.is_like(id, &point, token) {
            Some(true) => *low = point,
            Some(false) => *high = point,
            None => return false,
        }
        true
    }

    /// Whether a run at these times does the same behind the path. None if there is no such run.
    fn is_like(&mut self, id: NodeId, times: &[i64], token: &Token) -> Option<bool> {
        let run = self.run_at(id, times)?;
        self.token_at(id, run).map(|found| found == *token)
    }

    /// Whether the run, repeated, does something else; then that is noted.
    fn differs_by_chance(&mut self, id: NodeId, run: RunId) -> bool {
        let is_tied = self.nodes[id].is_tied;
        for _ in 0..if is_tied { REPEATS_AT_TIES } else { REPEATS } {
            let latencies = self.runs[run].by_name();
            let Some(again) = self.run_with(latencies) else { return true };
            let (one, two) = (self.token_at(id, run), self.token_at(id, again));
            if one != two {
                // Which of several steps starts first at one instant is as much of a tie.
                if !is_tied && !self.start_the_same(id, run, again) {
                    self.note_unsteady(run, again);
                }
                self.nodes[id].is_random = true;
                self.rebuild(id);
                return true;
            }
        }
        false
    }

    /// Whether the same steps start in both runs at the last instant of the path, in whatever
    /// sequence.
    fn start_the_same(&self, id: NodeId, one: RunId, other: RunId) -> bool {
        let starts = |run: RunId| {
            let instant = self.place_of(id, run)?.instant_of(&self.runs[run])?;
            Some(instant.starts.iter().map(|start| &start.name).collect::<BTreeSet<_>>())
        };
        let (one, other) = (starts(one), starts(other));
        one.as_ref().is_some_and(|starts| starts.len() > 1) && one == other
    }

    /// Notes that the same latencies led to two runs which differ.
    pub(super) fn note_unsteady(&mut self, one: RunId, other: RunId) {
        let (one, other) = (&self.runs[one], &self.runs[other]);
        let differs = one.instants.iter().zip(&other.instants).find(|(one, other)| one != other);
        let time = |ticks: i64| Readable(Duration::from_millis(ticks.unsigned_abs()));
        let how = match (one.instants.last(), other.instants.last(), differs) {
            (Some(one), Some(other), _) if one.at != other.at => {
                format!("it ends at +{} or at +{}", time(one.at), time(other.at))
            }
            (.., Some((one, _))) => format!("it does not do the same at +{}", time(one.at)),
            _ => "it ends in two ways".to_owned(),
        };
        let latencies = one.told();
        let when = if latencies.is_empty() { String::new() } else { format!("when {latencies}, ") };
        self.note(Gap::Unsteady(format!("{when}{how}")));
    }

    fn has_learned(&mut self, id: NodeId) {
        self.nodes[id].lessons += 1;
        if self.nodes[id].lessons > LESSONS {
            return self.gives_up(id);
        }
        self.rebuild(id);
    }

    /// Another run in the zone of the path does not take it: what is behind that is learned
    /// first, and then this run is followed again.
    fn postpone(&mut self, id: NodeId, run: RunId) {
        self.nodes[id].lessons += 1;
        if self.nodes[id].lessons > LESSONS {
            return self.gives_up(id);
        }
        self.follow_later(id, run);
    }

    /// Takes what follows on the path as it comes.
    fn gives_up(&mut self, id: NodeId) {
        if !self.is_over() {
            self.note(Gap::Unexplained);
        }
        self.nodes[id].is_random = true;
        self.rebuild(id);
    }
}

/// Keeps the candidates that fire then, if there are any.
fn retain(candidates: &mut Vec<Moment>, times: &[i64], at: i64) {
    if candidates.iter().any(|timer| timer.at(times) == at) {
        candidates.retain(|timer| timer.at(times) == at);
    }
}

/// The point next to one at the ends of a zone: off the ends that another one is not at.
fn inside(cell: &Zone, other: &[i64], end: &[i64]) -> Option<Vec<i64>> {
    let mut bounds = Vec::new();
    for later in 0..cell.len() {
        for earlier in 0..cell.len() {
            let (most, difference) = (cell.max(later, earlier), end[later] - end[earlier]);
            if difference == most && other[later] - other[earlier] < most {
                bounds.push(Bound::at_most(later, earlier, most - 1));
            }
        }
    }
    Some(nearest(&cell.within(bounds)?, end))
}

/// A point of the zone that is near these times.
fn nearest(zone: &Zone, times: &[i64]) -> Vec<i64> {
    zone.point(|index, _, _| times[index])
}
