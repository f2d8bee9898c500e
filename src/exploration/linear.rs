//! Sums of times, and the most that they are in a zone.

use std::collections::BTreeMap;
use std::ops::{Add, Sub};

use crate::exploration::zone::{Bound, Zone};

/// A time as code makes it: one of the zone's times and a constant, both in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Moment {
    pub(super) base: usize,
    pub(super) after: i64,
}

impl Moment {
    /// The beginning of the run.
    pub(super) const START: Self = Self { base: 0, after: 0 };

    pub(super) const fn new(base: usize, after: i64) -> Self {
        Self { base, after }
    }

    /// The bound that has it this much before another one, if their difference varies.
    pub(super) fn before(self, other: Self, gap: i64) -> Option<Bound> {
        let most = other.after - self.after - gap;
        (self.base != other.base).then(|| Bound::at_most(self.base, other.base, most))
    }

    /// When it is, at these times.
    pub(super) fn at(self, times: &[i64]) -> i64 {
        times[self.base] + self.after
    }
}

/// A sum of the zone's times, each with a factor, and a constant. The time of the beginning is
/// zero, and never one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Linear {
    pub(super) factors: BTreeMap<usize, i64>,
    pub(super) constant: i64,
}

/// A factor or constant that no `i64` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Linear {
    pub(super) fn constant(constant: i64) -> Self {
        Self { factors: BTreeMap::new(), constant }
    }

    /// The time that lies between two.
    pub(super) fn between(from: Moment, to: Moment) -> Self {
        &Self::from(to) - &Self::from(from)
    }

    /// What it is at these times.
    #[cfg(test)]
    pub(super) fn at(&self, times: &[i64]) -> i64 {
        let terms = self.factors.iter().map(|(index, factor)| factor * times[*index]);
        self.constant + terms.sum::<i64>()
    }

    pub(super) fn times(&self, count: i64) -> Result<Self, Overflow> {
        let product = |value: i64| value.checked_mul(count).filter(|it| it.abs() < LARGEST);
        let factors = self.factors.iter().map(|(index, it)| Some((*index, product(*it)?)));
        let factors = factors.collect::<Option<BTreeMap<_, _>>>().ok_or(Overflow)?;
        Ok(Self { factors, constant: product(self.constant).ok_or(Overflow)? })
    }

    /// The two times of which it is the difference, but for the constant, if it is one.
    pub(super) fn as_difference(&self) -> Option<(usize, usize)> {
        let mut terms = self.factors.iter();
        match (terms.next(), terms.next(), terms.next()) {
            (None, ..) => Some((0, 0)),
            (Some((index, 1)), None, _) => Some((*index, 0)),
            (Some((index, -1)), None, _) => Some((0, *index)),
            (Some((later, 1)), Some((earlier, -1)), None)
            | (Some((earlier, -1)), Some((later, 1)), None) => Some((*later, *earlier)),
            _ => None,
        }
    }

    /// The most that it is anywhere in the zone.
    ///
    /// A maximum over bounds of differences is the dual of a transport: each factor is so
    /// much to be brought from the times that are added to those that are taken away, and
    /// a unit from one to another costs the most that they differ. The cheapest transport
    /// costs what the maximum is, since closed bounds obey the triangle inequality. It is
    /// integral, and found by bringing one share after another along the cheapest path.
    ///
    /// # Source
    ///
    /// R. K. Ahuja, T. L. Magnanti, J. B. Orlin, *Network Flows* (1993), chapter 9.
    pub(super) fn max(&self, zone: &Zone) -> i64 {
        if let Some((later, earlier)) = self.as_difference() {
            return self.constant.saturating_add(zone.max(later, earlier));
        }
        self.constant.saturating_add(transport(self, zone))
    }

    /// The least that it is anywhere in the zone.
    pub(super) fn min(&self, zone: &Zone) -> i64 {
        let negated = &Self::default() - self;
        negated.max(zone).saturating_neg()
    }
}

/// Sums of more than this are refused, so that no addition overflows.
const LARGEST: i64 = 1 << 40;

impl From<Moment> for Linear {
    fn from(moment: Moment) -> Self {
        let factors = if moment.base == 0 { [].into() } else { [(moment.base, 1)].into() };
        Self { factors, constant: moment.after }
    }
}

impl Add for &Linear {
    type Output = Linear;

    fn add(self, other: Self) -> Linear {
        combined(self, other, 1)
    }
}

impl Sub for &Linear {
    type Output = Linear;

    fn sub(self, other: Self) -> Linear {
        combined(self, other, -1)
    }
}

fn combined(one: &Linear, other: &Linear, sign: i64) -> Linear {
    let mut sum = one.clone();
    sum.constant = sum.constant.saturating_add(sign * other.constant);
    for (index, factor) in &other.factors {
        let entry = sum.factors.entry(*index).or_default();
        *entry += sign * factor;
        if *entry == 0 {
            sum.factors.remove(index);
        }
    }
    sum
}

/// The cost of the cheapest transport from what is added to what is taken away.
fn transport(sum: &Linear, zone: &Zone) -> i64 {
    let mut from = Vec::new();
    let mut to = Vec::new();
    let total: i64 = sum.factors.values().sum();
    // The beginning balances them: it is zero whatever its factor.
    for (index, factor) in sum.factors.iter().map(|(i, f)| (*i, *f)).chain([(0, -total)]) {
        match factor {
            1.. => from.push((index, factor)),
            ..0 => to.push((index, -factor)),
            0 => {}
        }
    }
    let mut flow = vec![vec![0_i64; to.len()]; from.len()];
    let mut cost = 0_i64;
    // Nodes are the sources and behind them the sinks; a path ends at a sink with room.
    let (sources, nodes) = (from.len(), from.len() + to.len());
    while let Some(start) = from.iter().position(|(_, left)| *left > 0) {
        let mut distance = vec![i64::MAX; nodes];
        let mut before = vec![None; nodes];
        distance[start] = 0;
        // Bellman and Ford: bringing something back has a negative cost.
        for _ in 0..nodes {
            for source in 0..sources {
                for sink in 0..to.len() {
                    let price = zone.max(from[source].0, to[sink].0);
                    let node = sources + sink;
                    if distance[source] < i64::MAX && distance[source] + price < distance[node] {
                        (distance[node], before[node]) = (distance[source] + price, Some(source));
                    }
                    let is_used = flow[source][sink] > 0 && distance[node] < i64::MAX;
                    if is_used && distance[node] - price < distance[source] {
                        (distance[source], before[source]) = (distance[node] - price, Some(node));
                    }
                }
            }
        }
        let open = (0..to.len()).filter(|sink| to[*sink].1 > 0);
        let end = open.min_by_key(|sink| distance[sources + sink]);
        let end = end.expect("what is added and what is taken away balance");
        let (mut share, mut node) = (from[start].1.min(to[end].1), sources + end);
        while let Some(previous) = before[node] {
            if node < sources {
                share = share.min(flow[node][previous - sources]);
            }
            node = previous;
        }
        node = sources + end;
        while let Some(previous) = before[node] {
            if node < sources {
                flow[node][previous - sources] -= share;
            } else {
                flow[previous][node - sources] += share;
            }
            node = previous;
        }
        from[start].1 -= share;
        to[end].1 -= share;
        cost = cost.saturating_add(share.saturating_mul(distance[sources + end]));
    }
    cost
}

#[cfg(test)]
mod tests;
