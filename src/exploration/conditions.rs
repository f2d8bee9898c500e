//! The condition of an order, in words.

use crate::exploration::order::Names;
use crate::exploration::tree::{Node, NodeId, Token, path};
use crate::exploration::zone::{Bound, Zone};
use crate::time::Readable;
use crate::trace::Kind;

/// A part of the condition of an order.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// One, or two that make a difference exact.
    pub(super) bounds: Vec<Bound>,
    pub(super) words: String,
    /// Of a difference that is exact, both bounds by themselves.
    pub(super) halves: Vec<Condition>,
}

/// The bound that makes this one exact.
fn exact(bound: Bound) -> Bound {
    Bound::at_most(bound.earlier, bound.later, -bound.most)
}

/// As few bounds as describe the zone of a whole path within the ranges, in words.
pub(super) fn conditions(nodes: &[Node], leaf: NodeId, names: &Names) -> Vec<Condition> {
    let node = &nodes[leaf];
    let mut bounds: Vec<Bound> = Vec::new();
    // What the ranges allow, whatever happens.
    let mut zone = Zone::new();
    for id in path(nodes, leaf) {
        let step = &nodes[id];
        if matches!(step.token, Some(Token::Start { is_delay: true, .. })) {
            let index = zone.len();
            let start = step.starts[index];
            // The range is that of the zone in which it started.
            let (least, most) =
                (step.zone.min(index, start.base), step.zone.max(index, start.base));
            zone.push(start.base, least, most);
        }
        bounds.extend(step.bounds.iter().filter(|bound| !is_some_time(node, **bound)));
    }
    // One after another is left out, as long as the others say the same.
    let mut place = bounds.len();
    while place > 0 {
        place -= 1;
        let bound = bounds[place];
        let others = bounds.iter().enumerate().filter(|(it, _)| *it != place);
        let rest = zone.within(others.map(|(_, bound)| *bound));
        if rest.is_some_and(|rest| rest.max(bound.later, bound.earlier) <= bound.most) {
            bounds.remove(place);
        }
    }
    let mut words = Vec::new();
    for (place, bound) in bounds.iter().enumerate() {
        let opposite = |other: &Bound| *other == exact(*bound);
        if bounds[..place].iter().any(opposite) {
            continue;
        }
        let is_exact = bounds.iter().any(opposite);
        let bounds = if is_exact { vec![*bound, exact(*bound)] } else { vec![*bound] };
        let half = |bound: Bound| Condition {
            bounds: vec![bound],
            words: in_words(node, names, bound, false),
            halves: Vec::new(),
        };
        let halves = if is_exact { bounds.iter().copied().map(half).collect() } else { Vec::new() };
        words.push(Condition { bounds, words: in_words(node, names, *bound, is_exact), halves });
    }
    words
}

/// Whether the bound says no more than that a delay takes some time.
fn is_some_time(node: &Node, bound: Bound) -> bool {
    let Bound { later, earlier, most } = bound;
    earlier != 0 && node.starts[earlier].base == later && most == -node.starts[earlier].after - 1
}

fn in_words(node: &Node, names: &Names, bound: Bound, is_exact: bool) -> String {
    let Bound { later, earlier, most } = bound;
    let time =
        |ticks: i64| Readable(std::time::Duration::from_millis(ticks.unsigned_abs())).to_string();
    let is_start_of = |base: usize, delay: usize| delay != 0 && node.starts[delay].base == base;
    if is_start_of(earlier, later) {
        let latency = most - node.starts[later].after;
        return match latency {
            0 => format!("{} takes no time", names.delay(later)),
            _ if is_exact => format!("{} takes {}", names.delay(later), time(latency)),
            _ => format!("{} takes at most {}", names.delay(later), time(latency)),
        };
    }
    if is_start_of(later, earlier) {
        let latency = -most - node.starts[earlier].after;
        let how = if is_exact { "" } else { "at least " };
        return format!("{} takes {how}{}", names.delay(earlier), time(latency));
    }
    let ends = |delay: usize| {
        let (_, end) = node.spans[names.number(delay)];
        let verb = match end {
            Some((Kind::Finish, _)) => "finishes",
            _ => "would finish",
        };
        format!("{} {verb}", names.delay(delay))
    };
    match (later, earlier) {
        (0, delay) if is_exact => format!("{} at +{}", ends(delay), time(most)),
        (0, delay) => format!("{} at +{} or later", ends(delay), time(most)),
        (delay, 0) if is_exact => format!("{} at +{}", ends(delay), time(most)),
        (delay, 0) => format!("{} at +{} or earlier", ends(delay), time(most)),
        (one, other) => {
            let (first, name) = (ends(one), names.delay(other));
            match most {
                0 if is_exact => format!("{first} together with {name}"),
                0 => format!("{first} no later than {name}"),
                -1 => format!("{first} before {name}"),
                1.. if is_exact => format!("{first} {} after {name}", time(most)),
                1.. => format!("{first} at most {} after {name}", time(most)),
                _ if is_exact => format!("{first} {} before {name}", time(most)),
                _ => format!("{first} at least {} before {name}", time(most)),
            }
        }
    }
}
