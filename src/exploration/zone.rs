//! Sets of times that are bounded by differences: the zones of timed automata.

/// No bound. Halved so that two of them can be added.
const UNBOUNDED: i64 = i64::MAX / 4;

/// A bound on a difference: `times[later] - times[earlier] <= most`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bound {
    pub(super) later: usize,
    pub(super) earlier: usize,
    pub(super) most: i64,
}

impl Bound {
    /// The difference is at most this.
    pub(super) const fn at_most(later: usize, earlier: usize, most: i64) -> Self {
        Self { later, earlier, most }
    }

    /// The difference is at least this.
    pub(super) const fn at_least(later: usize, earlier: usize, least: i64) -> Self {
        Self { later: earlier, earlier: later, most: -least }
    }

    /// What is true exactly where this is not.
    pub(super) const fn negated(self) -> Self {
        Self { later: self.earlier, earlier: self.later, most: -self.most - 1 }
    }

    /// This, or what is true where it is not: whichever holds for these times.
    pub(super) fn side_of(self, times: &[i64]) -> Self {
        if self.holds(times) { self } else { self.negated() }
    }

    /// Whether it holds for these times.
    pub(super) fn holds(self, times: &[i64]) -> bool {
        times[self.later] - times[self.earlier] <= self.most
    }
}

/// A nonempty set of integral times, `times[0]` being zero, whose differences have bounds.
///
/// It is a difference-bound matrix in closed form: each bound is the shortest path over all
/// others, so that the maximum of a difference is a look-up, and no point of the set is lost.
///
/// # Source
///
/// D. L. Dill, *Timing assumptions and verification of finite-state concurrent systems*
/// (1989); J. Bengtsson and W. Yi, *Timed automata: semantics, algorithms and tools* (2004).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    len: usize,
    /// The maximum of `times[row] - times[column]`, row by row.
    most: Vec<i64>,
}

impl Zone {
    /// The zone of the beginning alone.
    pub(super) fn new() -> Self {
        Self { len: 1, most: vec![0] }
    }

    /// How many times there are, with that of the beginning.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The maximum of a difference.
    pub(super) fn max(&self, later: usize, earlier: usize) -> i64 {
        self.most[later * self.len + earlier]
    }

    /// The minimum of a difference.
    pub(super) fn min(&self, later: usize, earlier: usize) -> i64 {
        -self.max(earlier, later)
    }

    /// Whether the difference is the same in all of the zone.
    pub(super) fn is_fixed(&self, one: usize, other: usize) -> bool {
        self.max(one, other) == self.min(one, other)
    }

    /// Adds a time, between `least` and `most` after another one. Returns its index.
    pub(super) fn push(&mut self, after: usize, least: i64, most: i64) -> usize {
        let (old, len) = (self.len, self.len + 1);
        let mut matrix = vec![UNBOUNDED; len * len];
        for row in 0..old {
            let from = row * old;
            matrix[row * len..row * len + old].copy_from_slice(&self.most[from..from + old]);
            // By way of the time before it, which is the only one that it is bound to.
            matrix[row * len + old] = self.most[from + after] - least;
            matrix[old * len + row] = most + self.most[after * old + row];
        }
        matrix[old * len + old] = 0;
        (self.len, self.most) = (len, matrix);
        old
    }

    /// Restricts the zone; returns whether anything of it is left. If nothing is, it must not
    /// be used any more.
    #[must_use]
    pub(super) fn restrict(&mut self, bound: Bound) -> bool {
        let Bound { later, earlier, most } = bound;
        if most >= self.max(later, earlier) {
            return true;
        }
        if most < self.min(later, earlier) {
            return false;
        }
        let len = self.len;
        // Every shortest path that uses the new bound uses it once.
        let to_earlier: Vec<_> = (0..len).map(|row| self.max(row, later)).collect();
        for (row, head) in to_earlier.into_iter().enumerate() {
            let head = head + most;
            for column in 0..len {
                let path = head + self.most[earlier * len + column];
                let entry = &mut self.most[row * len + column];
                *entry = path.min(*entry);
            }
        }
        true
    }

    /// The part of the zone in which all bounds hold, if there is any.
    pub(super) fn within(&self, bounds: impl IntoIterator<Item = Bound>) -> Option<Self> {
        let mut zone = self.clone();
        bounds.into_iter().all(|bound| zone.restrict(bound)).then_some(zone)
    }

    /// The zone without the part in which all bounds hold: zones that do not overlap.
    pub(super) fn without(self, bounds: &[Bound], rest: &mut Vec<Self>) {
        let mut inside = self;
        for bound in bounds {
            rest.extend(inside.within([bound.negated()]));
            if !inside.restrict(*bound) {
                return;
            }
        }
    }

    /// Whether these times are in the zone. Times beyond those of the zone do not matter.
    pub(super) fn contains(&self, times: &[i64]) -> bool {
        (0..self.len).all(|later| {
            (0..self.len).all(|earlier| times[later] - times[earlier] <= self.max(later, earlier))
        })
    }

    /// A point of the zone: each time in its turn is the one that `choose` picks between
    /// the least and the most that those before it allow.
    pub(super) fn point(&self, mut choose: impl FnMut(usize, i64, i64) -> i64) -> Vec<i64> {
        let mut zone = self.clone();
        for index in 1..self.len {
            let (least, most) = (zone.min(index, 0), zone.max(index, 0));
            let time = choose(index, least, most).clamp(least, most);
            zone.fix(index, 0, time);
        }
        (0..self.len).map(|index| zone.max(index, 0)).collect()
    }

    /// Restricts a difference to one value, which must be possible.
    pub(super) fn fix(&mut self, one: usize, other: usize, difference: i64) {
        let fixed = self.restrict(Bound::at_most(one, other, difference))
            && self.restrict(Bound::at_least(one, other, difference));
        assert!(fixed, "the difference is possible in the zone");
    }
}

#[cfg(test)]
mod tests;
